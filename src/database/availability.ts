import type { EventLog } from '../observability/event-log.js';
import { DatabaseUnavailable, databaseError } from './database-errors.js';

/** When the database came back, for work that waited for it. */
export type Recovery = Pick<Availability, 'recoveredForMs' | 'onRecovered'>;

/** Tracks whether the database can be reached, and logs each change once. */
export class Availability {
  private readonly listeners = new Set<() => void>();
  private recoveredAt = -Infinity;
  private lost: { readonly because: string; readonly at: number } | undefined;

  constructor(private readonly log: Pick<EventLog, 'write'>) {}

  get isLost(): boolean {
    return this.lost !== undefined;
  }

  /** A fixed word, an SQLSTATE or an error code; undefined while the database can be reached. */
  get lostBecause(): string | undefined {
    return this.lost?.because;
  }

  /** How long the database has been back after its last loss, by a clock that never jumps; Infinity if it was never lost. */
  get recoveredForMs(): number {
    return performance.now() - this.recoveredAt;
  }

  /** Calls the listener after each recovery. */
  onRecovered(listener: () => void): void {
    this.listeners.add(listener);
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
    this.recoveredAt = performance.now();
    for (const listener of this.listeners) listener();
  }

  /** @throws DatabaseUnavailable at once while the database is known to be lost, instead of after a connect timeout */
  assertAvailable(): void {
    if (this.lost) throw new DatabaseUnavailable(this.lost.because);
  }
}
