import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Database, type Queryable } from '../database/database.js';
import { Gathering } from '../database/batcher.js';
import {
  type HeldKey,
  type KeySpace,
  type KeyedReservation,
  type RecordKey,
  type Reservation,
  type Reserved,
  type StoredAnswer,
  answerPlace,
} from './idempotency-record.js';
import { RESERVE, type ReservedRow } from './reserve-keys.js';
import { Vault } from './encryption/field-cipher.js';

/** Rows of leases that are still held, locked in the order in which reservations lock them. */
const HELD = `
  select r.principal, r.endpoint, r.key, r.lease_token, r.credit_ids from meniscus.idempotency_records r
  where r.lease_token = any($1::uuid[]) and r.state = 'running'
  order by r.principal, r.endpoint, r.key for update`;

/**
 * What is certain of credits is kept until the answer is, and forgotten by the statement that keeps it: as long as there
 * is none, no row means that the credit was never sent.
 */
const FORGET_CREDITS_OF_HELD = `
  delete from meniscus.credits
  where id in (select unnest(credit_ids) from held) and state in ('credited', 'not-credited')`;

/** Ends leases that are held, and forgets the keys of those under which nothing happened. */
const RELEASE = `
  with held as (
    select lease_token, credit_ids, body is null and not exists (
      select from meniscus.credits c where c.id = any(r.credit_ids) and c.state <> 'not-credited') as is_harmless
    from meniscus.idempotency_records r where lease_token = any($1::uuid[])
  ), forgotten as (
    delete from meniscus.credits
    where id in (select unnest(credit_ids) from held where is_harmless) and state = 'not-credited'
  ), removed as (
    delete from meniscus.idempotency_records r using held h where r.lease_token = h.lease_token and h.is_harmless
  )
  update meniscus.idempotency_records r set lease_until = now()
  from held h where r.lease_token = h.lease_token and not h.is_harmless`;

/** Soon, and when a statement that hangs has been given up by the server as well. */
const FORGET_AFTER_MS = [1000, 10_000];

type AskedReservation = RecordKey & Reservation;

interface GivenAnswer extends HeldKey {
  readonly answer: StoredAnswer;
}

/** 16 in a statement cost each about a sixth of one alone; bench/README.md has what was measured. */
const GATHERED = { atOnce: 32, concurrency: 2 };

function nameOf({ principal, endpoint, key }: RecordKey): string {
  return JSON.stringify([principal, endpoint, key]);
}

/** The first answer under each key, and who is at work on one. */
@Injectable()
export class IdempotencyRepository {
  private readonly reserving = new Gathering<AskedReservation, () => Reserved>({
    many: (asked) => this.reserveAll(asked, asked[0]?.leaseMs ?? 0),
    fits: (one, others) =>
      others.every((other) => other.leaseMs === one.leaseMs && nameOf(other) !== nameOf(one)),
    ...GATHERED,
  });
  private readonly finishing = new Gathering<GivenAnswer, boolean>({
    many: async (answers) => {
      const ended = await this.finishAll(answers, this.database);
      return answers.map(({ leaseToken }) => ended.has(leaseToken));
    },
    ...GATHERED,
  });

  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly vault: Vault,
  ) {}

  /** Asks for the right to do the work under this key. */
  async reserve(key: RecordKey, reservation: Reservation): Promise<Reserved> {
    const read = await this.reserving.ask({ ...key, ...reservation });
    return read();
  }

  /**
   * Asks for the right to do the work under each of these keys, no two of which are the same.
   *
   * @returns in the order asked
   */
  async reserveMany(
    space: KeySpace,
    asked: readonly KeyedReservation[],
    leaseMs: number,
  ): Promise<Reserved[]> {
    const found = await this.reserveAll(
      asked.map((one) => ({ ...space, ...one })),
      leaseMs,
    );
    return found.map((read) => read());
  }

  /** @returns what reads each: one whose answer cannot be opened is a fault of its own, and not of those beside it */
  private async reserveAll(
    asked: readonly (RecordKey & KeyedReservation)[],
    leaseMs: number,
  ): Promise<(() => Reserved)[]> {
    const tokens = new Map(asked.map((one) => [nameOf(one), randomUUID()]));
    const isTried = this.database.whyUnavailable() === undefined;
    const answered = this.database.query<ReservedRow>(RESERVE, [
      asked.map(({ principal }) => principal),
      asked.map(({ endpoint }) => endpoint),
      asked.map(({ key }) => key),
      asked.map(({ fingerprint }) => fingerprint),
      asked.map(({ creditIds }) => JSON.stringify(creditIds)),
      [...tokens.values()],
      leaseMs,
      this.settings.IDEMPOTENCY_RETENTION_MS,
    ]);
    const { rows } = await answered.catch((error: unknown) => {
      if (isTried) this.forgetLater([...tokens.values()]);
      throw error;
    });
    const found = new Map(
      rows.map((row) => [nameOf(row), () => this.readReserved(row, tokens.get(nameOf(row)) ?? '')] as const),
    );
    return asked.flatMap((one) => found.get(nameOf(one)) ?? []);
  }

  /**
   * Holds the lease for so long from now on; what takes longer than records are kept does not lose its own.
   *
   * @returns false when the lease is somebody else's by now
   */
  async extendLease(leaseToken: string, leaseMs: number): Promise<boolean> {
    return this.changed(
      `update meniscus.idempotency_records
       set lease_until = now() + $2::float8 * interval '1 millisecond',
         expires_at = greatest(expires_at, now() + $2::float8 * interval '1 millisecond')
       where lease_token = $1 and state = 'running'`,
      [leaseToken, leaseMs],
    );
  }

  /**
   * Keeps the answer, for as long as records are kept.
   *
   * @param tx the transaction that makes the answer true, where there is one
   * @returns false when the lease is somebody else's by now: theirs will be the answer
   */
  async finish({ record, leaseToken }: HeldKey, answer: StoredAnswer, tx?: Queryable): Promise<boolean> {
    if (!tx) return this.finishing.ask({ record, leaseToken, answer });
    return (await this.finishAll([{ record, leaseToken, answer }], tx)).has(leaseToken);
  }

  /** @returns how many leases were still held */
  async finishMany(answers: readonly GivenAnswer[]): Promise<number> {
    return (await this.finishAll(answers, this.database)).size;
  }

  /** @returns the leases that were still held */
  private async finishAll(answers: readonly GivenAnswer[], to: Queryable): Promise<Set<string>> {
    const { rows } = await to.query<{ lease_token: string }>(
      `with held as (${HELD}),
         given as (
           select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::bytea[])
             as g(lease_token, status, headers, body, body_digest)
         ),
         forgotten as (${FORGET_CREDITS_OF_HELD})
       update meniscus.idempotency_records r
       set state = 'final', lease_token = null, lease_until = null, status = g.status, headers = g.headers::jsonb,
         body = g.body, body_digest = g.body_digest, expires_at = now() + $6::float8 * interval '1 millisecond'
       from held h join given g on g.lease_token = h.lease_token
       where r.principal = h.principal and r.endpoint = h.endpoint and r.key = h.key
       returning h.lease_token`,
      [
        answers.map(({ leaseToken }) => leaseToken),
        answers.map(({ answer }) => answer.status),
        answers.map(({ answer }) => JSON.stringify(answer.headers)),
        answers.map(({ record, answer }) => this.vault.seal(answer.body, answerPlace(record))),
        answers.map(({ answer }) => answer.bodyDigest ?? null),
        this.settings.IDEMPOTENCY_RETENTION_MS,
      ],
    );
    return new Set(rows.map(({ lease_token: leaseToken }) => leaseToken));
  }

  /**
   * Keeps an answer of which a part may be tried again: the next one with the same fingerprint is given the right to do
   * so, and this answer.
   */
  async finishInPart(
    { record, leaseToken }: HeldKey,
    { status, headers, body }: StoredAnswer,
  ): Promise<boolean> {
    return this.changed(
      `with held as (${HELD}), forgotten as (${FORGET_CREDITS_OF_HELD})
       update meniscus.idempotency_records r
       set lease_until = now(), status = $2, headers = $3::jsonb, body = $4,
         expires_at = now() + $5::float8 * interval '1 millisecond'
       from held h where r.lease_token = h.lease_token`,
      [
        [leaseToken],
        status,
        JSON.stringify(headers),
        this.vault.seal(body, answerPlace(record)),
        this.settings.IDEMPOTENCY_RETENTION_MS,
      ],
    );
  }

  /**
   * Forgets the key: nothing was applied, so the caller may try again with it. Where an earlier answer was kept in part,
   * or points may have been credited, the next caller takes over at once instead.
   */
  async release(leaseToken: string): Promise<boolean> {
    return (await this.releaseMany([leaseToken])) === 1;
  }

  /** @returns how many leases were still held */
  async releaseMany(leaseTokens: readonly string[]): Promise<number> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<{ lease_token: string }>(HELD, [[...leaseTokens]]);
      // Only a later statement sees a credit that was noted while the locks were waited for.
      await tx.query(RELEASE, [rows.map(({ lease_token: leaseToken }) => leaseToken)]);
      return rows.length;
    });
  }

  /**
   * Removes records whose time is over, and what is certain of their credits; several instances may do so at once.
   *
   * @returns how many; as many as the limit means that there may be more
   */
  async removeExpired(limit: number): Promise<number> {
    const { rowCount } = await this.database.background.query(
      `with removed as (
         delete from meniscus.idempotency_records
         where (principal, endpoint, key) in (
           select principal, endpoint, key from meniscus.idempotency_records
           where expires_at <= now() limit $1 for update skip locked)
         returning credit_ids
       ), forgotten as (
         delete from meniscus.credits
         where id in (select unnest(credit_ids) from removed) and state in ('credited', 'not-credited')
       )
       select 1 from removed`,
      [limit],
    );
    return rowCount;
  }

  /**
   * Whether a reservation without an answer was made nobody knows, and nothing is done under it. Left alone, its key
   * would be in use until the lease ends, and in doubt after that where points are at stake.
   */
  private forgetLater(leaseTokens: readonly string[]): void {
    for (const waitMs of FORGET_AFTER_MS) {
      const forget = (): void => void this.releaseMany(leaseTokens).catch(() => undefined);
      setTimeout(forget, waitMs).unref();
    }
  }

  private readReserved(row: ReservedRow, leaseToken: string): Reserved {
    const { kind, lease_left_ms: leaseLeftMs, is_taken_over: isTakenOver } = row;
    const { principal, endpoint, key } = row;
    switch (kind) {
      case 'reserved':
        return {
          kind,
          record: { principal, endpoint, key },
          leaseToken,
          isTakenOver,
          ...(row.body && { earlier: this.vault.open(row.body, answerPlace(row)) }),
        };
      case 'running':
        return { kind, retryAfterMs: Math.ceil(leaseLeftMs) };
      case 'replay':
        return { kind, answer: this.readAnswer(row) };
      case 'conflict':
        return { kind };
    }
  }

  private readAnswer(row: ReservedRow): StoredAnswer {
    const { status, headers, body, body_digest: digest } = row;
    return {
      status,
      headers,
      body: this.vault.open(body ?? '', answerPlace(row)),
      ...(digest && { bodyDigest: Buffer.from(digest) }),
    };
  }

  private async changed(text: string, values: readonly unknown[]): Promise<boolean> {
    const { rowCount } = await this.database.query(text, values);
    return rowCount === 1;
  }
}
