import type { EventLog } from '../observability/event-log.js';
import { DatabaseUnavailable, databaseError } from './database-errors.js';

/** Knows whether the database can be reached, and tells each change once. */
export class Availability {
  private lost: { readonly because: string; readonly at: number } | undefined;

  constructor(private readonly log: Pick<EventLog, 'write'>) {}

  get isLost(): boolean {
    return this.lost !== undefined;
  }

  lose(cause: unknown): void {
    if (this.lost) return;
    const error = databaseError(cause);
    const because = error instanceof DatabaseUnavailable ? error.because : error.code;
    this.lost = { because, at: performance.now() };
    this.log.write('error', 'storage.lost', { because });
  }

  recover(): void {
    if (!this.lost) return;
    this.log.write('info', 'storage.recovered', { durationMs: Math.round(performance.now() - this.lost.at) });
    this.lost = undefined;
  }

  /** While the database is known to be lost a statement fails at once, instead of after the time to connect. */
  demand(): void {
    if (this.lost) throw new DatabaseUnavailable(this.lost.because);
  }
}
