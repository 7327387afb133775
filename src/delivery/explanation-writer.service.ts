import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DatabaseUnavailable, StatementFailed } from '../database/database-errors.js';
import { EventLog } from '../observability/event-log.js';
import { ExplanationsRepository } from '../records/explanations.repository.js';
import type { Explanation } from './explanation.js';
import { toRows } from './explanation-rows.js';

/** A killed process loses the explanations of this time. */
const WRITE_EVERY_MS = 1000;

/** Most updates of one statement: building its rows takes some milliseconds, during which nothing else runs. */
const UPDATES_PER_STATEMENT = 1000;

/** No more statements follow in this second once so many rows are written, whatever the load is. */
const ROWS_PER_WRITE = 2000;

/** How many explanations may wait, about 10 MB; beyond, the oldest are lost. */
const MAX_WAITING = 10_000;

const REPORT_LOSSES_EVERY_MS = 60_000;

/**
 * Writes explanations to the database behind the updates: all that were settled within a second, in one statement. No
 * update waits for it, and none fails because of it.
 */
@Injectable()
export class ExplanationWriter implements OnApplicationShutdown {
  /** In the order in which they were settled. */
  private waiting = new Set<Explanation>();
  private next: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private lost = 0;
  private lostBecause = '';
  private lossesReportedAt = -Infinity;

  constructor(
    private readonly repository: ExplanationsRepository,
    private readonly log: EventLog,
  ) {}

  /** Queues an explanation. Its row is built when it is written, with the steps that it has by then. */
  add(explanation: Explanation): void {
    this.waiting.add(explanation);
    if (this.waiting.size > MAX_WAITING) this.loseOldest();
    this.next ??= setTimeout(() => void this.write(), WRITE_EVERY_MS).unref();
  }

  /** Runs after the last update has its outcome, and before the database is closed. */
  async onApplicationShutdown(): Promise<void> {
    await this.writing;
    while (this.waiting.size > 0 && this.repository.isDatabaseAvailable) {
      const before = this.waiting.size;
      // oxlint-disable-next-line no-await-in-loop -- the older explanations are written first, and two writes at once are never under way
      await this.write();
      if (this.waiting.size >= before) break;
    }
    clearTimeout(this.next);
    this.lose(this.waiting.size, 'shutting-down');
    this.waiting.clear();
    this.reportLosses();
  }

  private write(): Promise<void> {
    this.writing ??= this.writeWaiting().finally(() => {
      this.writing = undefined;
      clearTimeout(this.next);
      this.next = undefined;
      if (this.waiting.size > 0) this.next = setTimeout(() => void this.write(), WRITE_EVERY_MS).unref();
    });
    return this.writing;
  }

  /** Writes what waits by now; what is settled meanwhile waits for the next second. */
  private async writeWaiting(): Promise<void> {
    let open = this.waiting.size;
    let rowCount = 0;
    while (open > 0 && rowCount < ROWS_PER_WRITE && this.repository.isDatabaseAvailable) {
      const batch = this.takeFirst(Math.min(open, UPDATES_PER_STATEMENT));
      open -= batch.length;
      const rows = toRows(batch);
      rowCount += rows.length;
      // oxlint-disable-next-line no-await-in-loop -- no further batch is taken once the database refuses one
      const isDone = await this.store(rows, batch);
      if (!isDone) break;
    }
    if (performance.now() - this.lossesReportedAt >= REPORT_LOSSES_EVERY_MS) this.reportLosses();
  }

  /** @returns false if the database is lost; then the batch waits again, in front of the others */
  private async store(rows: ReturnType<typeof toRows>, batch: readonly Explanation[]): Promise<boolean> {
    try {
      await this.repository.store(rows);
      return true;
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) {
        this.lose(batch.length, error instanceof StatementFailed ? `refused: ${error.code}` : 'fault');
        return true;
      }
      // It may have been stored after all: a reader takes one of two equal rows.
      this.waiting = new Set([...batch, ...this.waiting]);
      while (this.waiting.size > MAX_WAITING) this.loseOldest();
      return false;
    }
  }

  private takeFirst(count: number): Explanation[] {
    const taken: Explanation[] = [];
    for (const one of this.waiting) {
      if (taken.length === count) break;
      taken.push(one);
      this.waiting.delete(one);
    }
    return taken;
  }

  private loseOldest(): void {
    for (const oldest of this.waiting) {
      this.waiting.delete(oldest);
      this.lose(1, 'too-many');
      return;
    }
  }

  private lose(count: number, because: string): void {
    this.lost += count;
    this.lostBecause = because;
  }

  private reportLosses(): void {
    if (this.lost === 0) return;
    this.log.write('warn', 'explanations.lost', { lostCount: this.lost, because: this.lostBecause });
    this.lost = 0;
    this.lossesReportedAt = performance.now();
  }
}
