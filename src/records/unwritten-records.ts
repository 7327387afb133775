import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Database } from '../database/database.js';
import { DatabaseUnavailable } from '../database/database-errors.js';
import { EventLog } from '../observability/event-log.js';
import type { Facts } from '../observability/facts.js';

/** What is known and has to be stored: how credits ended, or the answers under keys. */
export interface DueRecord {
  /** Ids of what it is about. Records with a common subject are written in their order. */
  readonly subjects: readonly string[];
  /** About how much memory it takes. */
  readonly bytes: number;
  /** Runs again if it is unclear whether an attempt was executed, so the second time must change nothing. */
  readonly write: () => Promise<void>;
  /** What is logged if it is never written: ids, and what was known. */
  readonly facts: readonly Facts[];
  /** Called if the database refuses it for good. */
  readonly onRefused: (error: unknown) => void;
}

/**
 * How much may wait, our bounds: no new credits and keys are accepted beyond it. A record is about 1 KB, the answer to a
 * large batch about 500 KB. What is in flight by then is still kept: it is bounded itself, and it cannot be undone.
 */
const MAX_RECORDS = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;

/** How many records are written at the same time; the answers among them share statements. */
const AT_ONCE = 32;

const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 5000;

/**
 * How long no process takes anything over after the database came back. A process that lived through the loss reconnects
 * within 3 s, and writes what it knows.
 */
const GRACE_MS = 10_000;

/**
 * Keeps what could not be written while the database was unavailable, and writes it when the database is back. So a loss
 * of the database never makes a known outcome unknown while this process lives.
 */
@Injectable()
export class UnwrittenRecords implements BeforeApplicationShutdown, OnApplicationShutdown {
  /** In the order in which they became due. */
  private readonly kept = new Set<DueRecord>();
  /** How many records wait for each subject. */
  private readonly keptSubjects = new Map<string, number>();
  private keptBytes = 0;
  private keptSince = 0;
  private writtenCount = 0;
  private flushing: Promise<void> | undefined;
  private nextFlush: NodeJS.Timeout | undefined;
  private waitMs = FIRST_WAIT_MS;
  private drainedAt = Infinity;

  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {
    database.availability.onRecovered(() => void this.flush());
  }

  /** Writes a record, or keeps it. Resolves after the first attempt. */
  async write(record: DueRecord): Promise<void> {
    const isDone = !this.isKept(record.subjects) && (await this.attempt(record));
    if (!isDone) this.keep(record);
  }

  get isDatabaseAvailable(): boolean {
    return this.database.whyUnavailable() === undefined;
  }

  /** Whether a record about one of these subjects waits. */
  isKept(subjects: readonly string[]): boolean {
    return subjects.some((subject) => this.keptSubjects.has(subject));
  }

  /**
   * Demands that everything known about these subjects is stored, and that there is room for what new work will know.
   *
   * @throws DatabaseUnavailable
   */
  async demandWritten(subjects: readonly string[]): Promise<void> {
    if (this.kept.size === 0) return;
    if (this.isKept(subjects)) await this.flush();
    if (this.isKept(subjects) || this.isFull) throw new DatabaseUnavailable('records wait to be written');
  }

  /** Whether work of other processes may be taken over: all that lived through a loss have written what they know. */
  async mayTakeOver(): Promise<boolean> {
    if (this.kept.size > 0) await this.flush();
    return this.kept.size === 0 && this.database.availability.recoveredForMs >= GRACE_MS;
  }

  beforeApplicationShutdown(): void {
    this.drainedAt = performance.now() + this.settings.DRAIN_TIMEOUT_MS;
  }

  /** Runs after requests and calls have ended, and before the database is closed. */
  async onApplicationShutdown(): Promise<void> {
    while (this.kept.size > 0 && performance.now() < this.drainedAt) {
      void this.flush();
      // oxlint-disable-next-line no-await-in-loop -- the pause between two tries
      await pause(Math.min(FIRST_WAIT_MS, this.drainedAt - performance.now()));
    }
    clearTimeout(this.nextFlush);
    for (const record of this.kept) this.reportLost(record);
  }

  private get isFull(): boolean {
    return this.kept.size >= MAX_RECORDS || this.keptBytes >= MAX_BYTES;
  }

  private keep(record: DueRecord): void {
    if (this.kept.size === 0) {
      this.keptSince = performance.now();
      this.writtenCount = 0;
      this.log.write('warn', 'records.kept');
    }
    this.kept.add(record);
    this.keptBytes += record.bytes;
    for (const one of record.subjects) this.keptSubjects.set(one, (this.keptSubjects.get(one) ?? 0) + 1);
    this.nextFlush ??= setTimeout(() => void this.flush(), this.waitMs).unref();
  }

  private drop(record: DueRecord): void {
    this.kept.delete(record);
    this.keptBytes -= record.bytes;
    for (const one of record.subjects) {
      const count = this.keptSubjects.get(one) ?? 0;
      if (count > 1) this.keptSubjects.set(one, count - 1);
      else this.keptSubjects.delete(one);
    }
    this.writtenCount += 1;
  }

  /** Tries to write what is kept; never twice at the same time. */
  private flush(): Promise<void> {
    this.flushing ??= this.writeKept().finally(() => (this.flushing = undefined));
    return this.flushing;
  }

  private async writeKept(): Promise<void> {
    clearTimeout(this.nextFlush);
    this.nextFlush = undefined;
    const failed = new Set<string>();
    let left = [...this.kept];
    while (left.length > 0 && this.isDatabaseAvailable) {
      const { batch, later } = nextBatch(left, failed);
      // oxlint-disable-next-line no-await-in-loop -- one batch after the other
      const areDone = await Promise.all(batch.map((record) => this.attempt(record)));
      for (const [index, record] of batch.entries()) {
        if (areDone[index] === true) this.drop(record);
        else for (const subject of record.subjects) failed.add(subject);
      }
      left = batch.length > 0 ? later : [];
    }
    if (this.kept.size > 0) this.flushLater();
    else if (this.writtenCount > 0) this.reportWritten();
  }

  private flushLater(): void {
    this.nextFlush ??= setTimeout(() => void this.flush(), this.waitMs).unref();
    this.waitMs = Math.min(2 * this.waitMs, MAX_WAIT_MS);
  }

  private reportWritten(): void {
    const durationMs = Math.round(performance.now() - this.keptSince);
    this.log.write('info', 'records.written', { itemCount: this.writtenCount, durationMs });
    this.waitMs = FIRST_WAIT_MS;
    this.writtenCount = 0;
  }

  private reportLost({ facts }: DueRecord): void {
    for (const one of facts) this.log.write('error', 'records.not-written', one);
  }

  /** @returns false if it has to be tried again */
  private async attempt(record: DueRecord): Promise<boolean> {
    const { write, onRefused } = record;
    try {
      await write();
    } catch (error) {
      if (error instanceof DatabaseUnavailable) return false;
      onRefused(error);
      this.reportLost(record);
    }
    return true;
  }
}

/** Takes the first records that share no subject with an earlier one that is not written yet. */
function nextBatch(
  records: readonly DueRecord[],
  failed: ReadonlySet<string>,
): { readonly batch: DueRecord[]; readonly later: DueRecord[] } {
  const busy = new Set(failed);
  const batch: DueRecord[] = [];
  const later: DueRecord[] = [];
  for (const [index, record] of records.entries()) {
    if (batch.length === AT_ONCE) return { batch, later: [...later, ...records.slice(index)] };
    const mayLeave = !record.subjects.some((subject) => busy.has(subject));
    (mayLeave ? batch : later).push(record);
    for (const subject of record.subjects) busy.add(subject);
  }
  return { batch, later };
}
