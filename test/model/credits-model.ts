import { DatabaseUnavailable } from '../../src/database/database-errors.js';
import type {
  ContradictedCredit,
  CreditFate,
  CreditsRepository,
  NewCredit,
} from '../../src/records/credits.repository.js';
import { aLosableDatabase } from '../builders/a-losable-database.js';
import type { SimulatedClock } from './simulated-clock.js';

type State = 'sent' | 'unknown' | 'resolved';

/** The rows of credits, in memory: slow now and then, and at times unavailable. */
export class CreditsModel implements Pick<CreditsRepository, 'noteSent' | 'noteFates'> {
  readonly states = new Map<string, State>();
  readonly losable = aLosableDatabase();
  private readonly callIds = new Map<string, string>();
  private lostUntil = -Infinity;

  constructor(
    private readonly clock: SimulatedClock,
    private readonly random: () => number,
  ) {}

  get isLost(): boolean {
    return this.clock.now() < this.lostUntil;
  }

  /** Loses the database for so long; a statement that is executed by then fails without its caller knowing. */
  lose(ms: number): void {
    this.lostUntil = Math.max(this.lostUntil, this.clock.now() + ms);
    this.losable.lose();
    this.clock.after(ms, () => {
      if (!this.isLost) this.losable.recover();
    });
  }

  async noteSent(callId: string, credits: readonly NewCredit[]): Promise<Set<string>> {
    await this.take();
    const mayLeave = credits.map(({ id }) => id).filter((id) => !this.states.has(id));
    for (const id of mayLeave) {
      this.states.set(id, 'sent');
      this.callIds.set(id, callId);
    }
    await this.take();
    return new Set(mayLeave);
  }

  async noteFates(fates: readonly CreditFate[]): Promise<ContradictedCredit[]> {
    await this.take();
    for (const { id, fate, callId } of fates) {
      if (callId !== this.callIds.get(id)) continue;
      const state = this.states.get(id);
      if (state === undefined || state === 'resolved') continue;
      if (fate === 'unknown') this.states.set(id, 'unknown');
      else if (state === 'unknown') this.states.set(id, 'resolved');
      else this.states.delete(id);
    }
    await this.take();
    return [];
  }

  private async take(): Promise<void> {
    const takesMs = this.random() < 0.1 ? this.random() * 100 : 0;
    if (takesMs > 0) await new Promise<void>((resolve) => void this.clock.after(takesMs, resolve));
    if (this.isLost) throw new DatabaseUnavailable('it is lost');
  }
}
