import type { EventLog } from '../observability/event-log.js';
import { DatabaseUnavailable, databaseError } from './database-errors.js';

/** Tracks whether the database can be reached, and logs each change once. */
export class Availability {
  private lost: { readonly because: string; readonly at: number } | undefined;

  constructor(private readonly log: Pick<EventLog, 'write'>) {}

  get isLost(): boolean {
    return this.lost !== undefined;
  }

  /** A fixed word, an SQLSTATE or an error code; undefined while the database can be reached. */
  get lostBecause(): string | undefined {
    return this.lost?.because;
  }

  markLost(cause: unknown): void {
    if (this.lost) return;
    const error = databaseError(cause);
    const because = error instanceof DatabaseUnavailable ? error.because : error.code;
    this.lost = { because, at: performance.now() };
    this.log.write('error', 'database.lost', { because });
  }

  markAvailable(): void {
    if (!this.lost) return;
    this.log.write('info', 'database.recovered', {
      durationMs: Math.round(performance.now() - this.lost.at),
    });
    this.lost = undefined;
  }

  /** @throws DatabaseUnavailable at once while the database is known to be lost, instead of after a connect timeout */
  assertAvailable(): void {
    if (this.lost) throw new DatabaseUnavailable(this.lost.because);
  }
}
