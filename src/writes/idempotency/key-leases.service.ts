import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { EventLog } from '../../observability/event-log.js';
import type {
  HeldKey,
  KeySpace,
  KeyedReservation,
  ProtectedLease,
  RecordKey,
  Reserved,
  StoredAnswer,
} from '../../records/idempotency-record.js';
import { type GivenAnswer, IdempotencyRepository } from '../../records/idempotency.repository.js';
import { type DueRecord, UnwrittenRecords } from '../../records/unwritten-records.js';
import { reviseAnswer } from './late-answer.js';
import { leaseMs } from './lease.js';

/** A key that this process works under. */
interface HeldLease {
  readonly token: string;
  readonly fingerprint: Buffer;
  readonly creditIds: readonly string[];
}

function nameOf({ principal, endpoint, key }: RecordKey): string {
  return JSON.stringify([principal, endpoint, key]);
}

/**
 * Holds keys for as long as this process works under them, and ends with what is known: a known answer is stored, also
 * if the database was lost meanwhile, or the lease ran out while this process lived.
 */
@Injectable()
export class KeyLeases {
  private readonly held = new Map<string, HeldLease>();

  constructor(
    private readonly records: IdempotencyRepository,
    private readonly unwritten: UnwrittenRecords,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {}

  /** @throws DatabaseUnavailable also while what is known about the key waits to be written */
  async reserve(record: RecordKey, reservation: Omit<KeyedReservation, 'key'>): Promise<Reserved> {
    const protect = await this.protection([record]);
    const reserved = await this.records.reserve(record, {
      ...reservation,
      ...protect(record),
      leaseMs: leaseMs(this.settings),
    });
    this.hold(record, reservation, reserved);
    return reserved;
  }

  /** @returns the results in the order of the keys */
  async reserveMany(space: KeySpace, reservations: readonly KeyedReservation[]): Promise<Reserved[]> {
    const protect = await this.protection(reservations.map(({ key }) => ({ ...space, key })));
    const reserved = await this.records.reserveMany(
      space,
      reservations.map((one) => ({ ...one, ...protect({ ...space, key: one.key }) })),
      leaseMs(this.settings),
    );
    for (const [index, reservation] of reservations.entries()) {
      this.hold({ ...space, key: reservation.key }, reservation, reserved[index]);
    }
    return reserved;
  }

  /**
   * Stores answers and ends their leases. Whatever becomes of the records, the caller gets the true answer.
   *
   * @param isInPart whether a part of the only answer may be retried
   */
  async finish(answers: readonly GivenAnswer[], isInPart = false): Promise<void> {
    if (answers.length === 0) return;
    const fingerprints = new Map(
      answers.map(({ record, leaseToken }) => [leaseToken, this.held.get(nameOf(record))?.fingerprint]),
    );
    await this.end(answers, {
      bytes: answers.reduce((sum, { answer }) => sum + answer.body.length, 0),
      facts: answers.map(({ answer: { status } }) => ({ status })),
      write: async () => {
        const kept = await this.store(answers, isInPart);
        const lost = answers.filter(({ leaseToken }) => !kept.has(leaseToken));
        if (lost.length > 0) await this.revise(lost, fingerprints);
      },
      onRefused: (error) =>
        this.log.fault('idempotency.not-kept', error, {
          itemCount: answers.length,
          status: answers[0]?.answer.status,
        }),
    });
  }

  /** Ends leases, so that their keys may try again. */
  async release(leases: readonly HeldKey[]): Promise<void> {
    if (leases.length === 0) return;
    await this.end(leases, {
      bytes: 0,
      facts: [],
      write: async () => void (await this.records.releaseMany(leases.map(({ leaseToken }) => leaseToken))),
      onRefused: (error) => this.log.fault('idempotency.not-released', error, { itemCount: leases.length }),
    });
  }

  /** Stops the work without an end: the next process that takes a key over looks at its credits. */
  abandon(leases: readonly HeldKey[]): void {
    for (const { record } of leases) this.held.delete(nameOf(record));
  }

  private async protection(
    keys: readonly RecordKey[],
  ): Promise<(key: RecordKey) => { readonly protectedLease?: ProtectedLease }> {
    await this.unwritten.demandWritten(keys.map(nameOf));
    if (!(await this.unwritten.mayTakeOver())) return () => ({ protectedLease: 'any' });
    return (key) => {
      const own = this.held.get(nameOf(key));
      return own ? { protectedLease: { token: own.token } } : {};
    };
  }

  private hold(
    key: RecordKey,
    { fingerprint, creditIds }: Omit<KeyedReservation, 'key'>,
    reserved: Reserved | undefined,
  ): void {
    if (reserved?.kind !== 'reserved') return;
    this.held.set(nameOf(key), { token: reserved.leaseToken, fingerprint, creditIds });
  }

  private async end(leases: readonly HeldKey[], record: Omit<DueRecord, 'subjects'>): Promise<void> {
    // After what is known about their credits: an answer is the reason to delete these.
    const subjects = leases.flatMap((lease) => {
      const name = nameOf(lease.record);
      return [name, ...(this.held.get(name)?.creditIds ?? [])];
    });
    await this.unwritten.write({ ...record, subjects });
    this.abandon(leases);
  }

  /** @returns the leases that were still held */
  private async store(answers: readonly GivenAnswer[], isInPart: boolean): Promise<ReadonlySet<string>> {
    const [one, ...others] = answers;
    if (one === undefined || others.length > 0) return this.records.finishMany(answers);
    const isHeld = isInPart
      ? await this.records.finishInPart(one, one.answer)
      : await this.records.finish(one, one.answer); // shares its statement with other requests
    return new Set(isHeld ? [one.leaseToken] : []);
  }

  /** Another process took the keys over: what it could not know replaces its doubt. */
  private async revise(
    answers: readonly GivenAnswer[],
    fingerprints: ReadonlyMap<string, Buffer | undefined>,
  ): Promise<void> {
    const ends: ('same' | 'revised' | 'lost')[] = [];
    for (const { record, leaseToken, answer } of answers) {
      const fingerprint = fingerprints.get(leaseToken);
      let stored: StoredAnswer | undefined;
      let instead: StoredAnswer | undefined;
      const decide = (found: StoredAnswer): StoredAnswer | undefined => {
        stored = found;
        instead = reviseAnswer(found, answer);
        return instead;
      };
      // oxlint-disable-next-line no-await-in-loop -- rare, and one short transaction each
      if (fingerprint) await this.records.revise(record, fingerprint, decide);
      // The same is stored if an earlier attempt was executed, and the connection was lost before its end.
      ends.push(instead ? 'revised' : stored?.body === answer.body ? 'same' : 'lost');
    }
    const [revised, lost] = (['revised', 'lost'] as const).map(
      (kind) => ends.filter((end) => end === kind).length,
    );
    const [status] = answers.map(({ answer }) => answer.status);
    if (revised) this.log.write('info', 'idempotency.revised', { itemCount: revised, status });
    if (lost) this.log.write('warn', 'idempotency.lease-lost', { itemCount: lost, status });
  }
}
