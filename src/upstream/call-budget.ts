/** The vendor counts calls in every window of this length. */
const WINDOW_MS = 60_000;

/** The share that may leave at once. What is left of the minute is then spread evenly, so that it never runs dry. */
export const BURST_SHARE = 0.25;

/** The share that only new updates of callers who wait may spend. */
const RESERVE_SHARE = 0.1;

/** Returns how many of the calls of a minute are not kept for new updates of callers who wait. */
export function callsWithoutReserve(limit: number): number {
  return limit > 1 ? limit - Math.max(1, Math.floor(limit * RESERVE_SHARE)) : limit;
}

/** The pause after a 429 that names no wait; doubled with each one that follows. */
const PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** How long a learned pace is kept before a faster one is tried, and how much faster. */
const RECOVER_AFTER_MS = 60_000;
const RECOVER_SHARE = 0.25;

/**
 * The slowest pace that is learned: a 429 may be caused by calls of another program. `SLOWEST` is in calls per minute
 * and applies when no limit is configured.
 */
const SLOWEST_SHARE = 0.1;
const SLOWEST = 30;

/**
 * What a call is for. `reserved` may spend the whole budget, `other` leaves the reserve. A `token` also skips the pace:
 * the call that needs it has had its turn, and no other call can leave without it.
 */
export type CallClass = 'reserved' | 'other' | 'token';

/**
 * The calls per minute of one credential.
 *
 * A quarter may leave at once; then what is left is spread evenly, so that batches grow instead of waits. After a 429
 * the pace that the vendor accepted is learned, and slowly raised again.
 *
 * A call counts from the moment it is taken until a minute after its answer: whenever in between the vendor counts it,
 * no window of 60 seconds ever holds more calls than the limit.
 *
 * Every time is in milliseconds of one clock that never jumps.
 */
export class CallBudget {
  private readonly limit: number;
  /** When the calls ended that still count, the earliest first. */
  private readonly ended: number[] = [];
  private readonly refusedAt: number[] = [];
  private open = 0;
  private lastTakenAt = -Infinity;
  private pausedUntil = -Infinity;
  private pauseMs = PAUSE_MS;
  private learned: number | undefined;
  private learnedAt = 0;

  /** @param callsPerMinute 0 for no limit */
  constructor(callsPerMinute: number) {
    this.limit = callsPerMinute || Infinity;
  }

  /** Returns how many calls may still be made within the minute that ends now; Infinity when there is no limit. */
  left(now: number): number {
    return Math.max(0, this.limit - this.used(now));
  }

  /** The pace that was learned from a 429, in calls per minute; Infinity while none is. */
  get learnedPerMinute(): number {
    return this.learned ?? Infinity;
  }

  /** How many calls the vendor answered with 429 within the minute that ends now. */
  refusals(now: number): number {
    this.used(now); // without a limit no other method removes refusals that no longer count
    return this.refusedAt.length;
  }

  /** When the next call may leave, or `now`. */
  nextAt(now: number, callClass: CallClass = 'reserved'): number {
    return this.timeOf(1, now, callClass);
  }

  /** When the nth call from now could leave, if no other call was taken. */
  timeOf(nth: number, now: number, callClass: CallClass = 'reserved'): number {
    const startAt = Math.max(now, this.pausedUntil);
    const isPaced = callClass !== 'token';
    const learnedGapMs = this.learned === undefined || !isPaced ? 0 : WINDOW_MS / this.learned;
    const acceptedAt = Math.max(startAt, this.lastTakenAt + learnedGapMs) + (nth - 1) * learnedGapMs;
    const { limit } = this;
    if (limit === Infinity) return acceptedAt;

    const usable = callClass === 'other' ? callsWithoutReserve(limit) : limit;
    const used = this.used(now);
    const mustEnd = used + nth - usable;
    const roomAt = mustEnd <= 0 ? startAt : this.endOfWindow(mustEnd, usable, now);
    const free = Math.max(0, Math.ceil(usable * BURST_SHARE) - used);
    if (nth <= free || !isPaced) return Math.max(acceptedAt, roomAt);
    const gapMs = this.evenGapMs(used, usable, now);
    const lastAt = free > 0 ? startAt : this.lastTakenAt;
    const pacedAt = Math.max(startAt, lastAt + gapMs) + (nth - 1 - free) * gapMs;
    return Math.max(acceptedAt, roomAt, pacedAt);
  }

  /** Takes one call. The caller has waited for `nextAt`, and later calls `end` or `giveBack`. */
  take(now: number): void {
    this.used(now); // without a limit no other method removes calls that no longer count
    this.open += 1;
    this.lastTakenAt = now;
  }

  /** Gives back a call that was taken and never left. */
  giveBack(): void {
    this.open -= 1;
  }

  end(now: number): void {
    this.open -= 1;
    this.ended.push(now);
  }

  /**
   * Pauses after a 429 for as long as the vendor asks, and learns the pace that it accepted.
   *
   * @returns the learned pace, in calls per minute, and the pause
   */
  refused(retryAfterMs: number, now: number): { callsPerMinute: number; pauseMs: number } {
    const isPausing = now < this.pausedUntil; // the call left before the pause began, as others did
    const pauseMs = retryAfterMs > 0 ? retryAfterMs : isPausing ? 0 : this.pauseMs;
    this.pausedUntil = Math.max(this.pausedUntil, now + pauseMs);
    if (!isPausing) this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2);
    const used = this.used(now);
    this.refusedAt.push(now);
    const slowest = this.limit === Infinity ? SLOWEST : Math.ceil(this.limit * SLOWEST_SHARE);
    const fastest = Math.min(this.limit, this.learned ?? Infinity);
    this.learned = Math.min(fastest, Math.max(slowest, used - this.refusedAt.length));
    this.learnedAt = now;
    return { callsPerMinute: this.learned, pauseMs: this.pausedUntil - now };
  }

  /**
   * Counts a call that was not refused for its pace.
   *
   * @returns the faster pace that is tried from now on, when it changed
   */
  accepted(now: number): number | undefined {
    this.pauseMs = PAUSE_MS;
    if (this.learned === undefined || now < this.learnedAt + RECOVER_AFTER_MS) return undefined;
    this.learned += Math.max(1, Math.floor(this.learned * RECOVER_SHARE));
    this.learnedAt = now;
    const { learned } = this;
    if (learned >= this.limit) this.learned = undefined;
    return Math.min(learned, this.limit);
  }

  private used(now: number): number {
    for (const times of [this.ended, this.refusedAt]) {
      const gone = times.findIndex((at) => at + WINDOW_MS > now);
      if (gone !== 0) times.splice(0, gone < 0 ? times.length : gone);
    }
    return this.open + this.ended.length;
  }

  /** When this many of the calls that count no longer do. */
  private endOfWindow(count: number, usable: number, now: number): number {
    const endedAt = this.ended[count - 1];
    if (endedAt !== undefined) return endedAt + WINDOW_MS;
    const windows = Math.max(1, Math.ceil((count - this.ended.length) / Math.max(1, usable)));
    return now + windows * WINDOW_MS;
  }

  /** The gap between two calls with which the calls that are left last until earlier ones stop counting. */
  private evenGapMs(used: number, usable: number, now: number): number {
    const left = usable - used;
    let gapMs = WINDOW_MS / Math.max(1, left + this.ended.length);
    this.ended.forEach((endedAt, index) => {
      const spendable = left + index;
      if (spendable > 0) gapMs = Math.max(gapMs, (endedAt + WINDOW_MS - now) / spendable);
    });
    return gapMs;
  }
}
