/** Calls count when they ended within this time. */
const WINDOW_MS = 30_000;

/** Fewer calls than this prove nothing; the attempts of the same updates are one call. */
const MIN_CALLS = 10;

/** The breaker opens with a failure when more than this share of them failed. */
const FAILURE_SHARE = 0.5;

/** How long it stays open; doubled each time that the probe fails. */
const OPEN_MS = 5000;
const LONGEST_OPEN_MS = 30_000;

/** `open`: no calls. `half-open`: one call, which decides. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** The latest attempt of some updates. */
interface Ended {
  readonly at: number;
  readonly isFailure: boolean;
}

/** Stops calls to a vendor that fails more often than not, and lets one call through now and then to probe it. */
export class CircuitBreaker {
  /** The calls that count, the earliest first. */
  private readonly ended = new Set<Ended>();
  /** The call that counts for an update, however often that was sent. */
  private readonly endedOf = new WeakMap<object, Ended>();
  private failures = 0;
  private openMs = OPEN_MS;
  private reopensAt: number | undefined;

  /** When the next call may leave; undefined while the breaker is closed. */
  get halfOpensAt(): number | undefined {
    return this.reopensAt;
  }

  state(now: number): BreakerState {
    if (this.reopensAt === undefined) return 'closed';
    return now < this.reopensAt ? 'open' : 'half-open';
  }

  /** Whether a call may leave while this many calls are open. */
  mayCall(now: number, openCalls: number): boolean {
    const state = this.state(now);
    return state === 'closed' || (state === 'half-open' && openCalls === 0);
  }

  /**
   * Counts a call that has ended. Calls that left before the breaker opened count as well: what they prove is known when
   * it closes.
   *
   * @param updates those that the call carried
   * @returns the state that begins with it, when it changed
   */
  note(isFailure: boolean, updates: readonly object[], now: number): 'open' | 'closed' | undefined {
    this.count(isFailure, updates, now);
    switch (this.state(now)) {
      case 'open':
        return undefined;
      case 'half-open':
        return isFailure ? this.open(Math.min(this.openMs * 2, LONGEST_OPEN_MS), now) : this.close();
      case 'closed':
        return isFailure && this.isSick ? this.open(OPEN_MS, now) : undefined;
    }
  }

  private get isSick(): boolean {
    const { ended, failures } = this;
    return ended.size >= MIN_CALLS && failures > ended.size * FAILURE_SHARE;
  }

  private count(isFailure: boolean, updates: readonly object[], now: number): void {
    for (const one of this.ended) {
      if (one.at > now - WINDOW_MS) break;
      this.forget(one);
    }
    // A later attempt takes the place of the earlier one, unless it carries an update that is new.
    const earlier = updates.map((update) => this.endedOf.get(update));
    if (!earlier.includes(undefined)) for (const one of earlier) if (one) this.forget(one);
    const latest: Ended = { at: now, isFailure };
    this.ended.add(latest);
    if (!isFailure) return;
    // Only these updates may be sent again.
    for (const update of updates) this.endedOf.set(update, latest);
    this.failures += 1;
  }

  private forget(one: Ended): void {
    if (this.ended.delete(one) && one.isFailure) this.failures -= 1;
  }

  private open(openMs: number, now: number): 'open' {
    this.openMs = openMs;
    this.reopensAt = now + openMs;
    this.ended.clear();
    this.failures = 0;
    return 'open';
  }

  private close(): 'closed' {
    this.openMs = OPEN_MS;
    this.reopensAt = undefined;
    return 'closed';
  }
}
