import type { CreditFate, CreditsRepository, NewCredit } from '../../src/records/credits.repository.js';
import type { SimulatedClock } from './simulated-clock.js';

type State = 'sent' | 'unknown' | 'resolved';

/** The rows of credits, in memory: slow now and then, and unavailable until `lostUntil`. */
export class CreditsModel implements Pick<CreditsRepository, 'noteSent' | 'noteFates'> {
  readonly states = new Map<string, State>();
  /** Until when no row can be written. */
  lostUntil = -Infinity;
  /** Whether a write has failed: then rows may keep an old state. */
  wasLost = false;

  constructor(
    private readonly clock: SimulatedClock,
    private readonly random: () => number,
  ) {}

  async noteSent(_callId: string, credits: readonly NewCredit[]): Promise<Set<string>> {
    await this.take();
    const mayLeave = credits.map(({ id }) => id).filter((id) => !this.states.has(id));
    for (const id of mayLeave) this.states.set(id, 'sent');
    return new Set(mayLeave);
  }

  async noteFates(fates: readonly CreditFate[]): Promise<void> {
    await this.take();
    for (const { id, fate } of fates) {
      const state = this.states.get(id);
      if (fate === 'unknown') this.states.set(id, 'unknown');
      else if (state === 'unknown') this.states.set(id, 'resolved');
      else this.states.delete(id);
    }
  }

  private async take(): Promise<void> {
    const takesMs = this.random() < 0.1 ? this.random() * 100 : 0;
    if (takesMs > 0) await new Promise<void>((resolve) => void this.clock.after(takesMs, resolve));
    if (this.clock.now() >= this.lostUntil) return;
    this.wasLost = true;
    throw new Error('the database is lost');
  }
}
