/** The vendor counts calls in every window of this length. */
const WINDOW_MS = 60_000;

/** What may leave at once; what is left of the minute is then spread evenly, so that it never runs dry. */
const BURST_SHARE = 0.25;

/** What only new updates of callers who wait may spend. */
const RESERVE_SHARE = 0.1;

/** After a 429 that names no wait; doubled with each one that follows. */
const PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** How long a learned pace is borne before a faster one is tried, and how much faster. */
const RECOVER_AFTER_MS = 60_000;
const RECOVER_SHARE = 0.25;

/** The slowest pace that is learned: a 429 may come of somebody else's calls. In calls per minute where none are configured. */
const SLOWEST_SHARE = 0.1;
const SLOWEST = 30;

/**
 * Who asks for a call. `reserved` may spend all of it, `other` leaves the reserve. A `token` does not wait for its turn in
 * the pace either: the call that needs it has had its turn, and no other can leave without it.
 */
export type CallClass = 'reserved' | 'other' | 'token';

/**
 * The calls per minute of one credential.
 *
 * A quarter may leave at once; then what is left is spread evenly, so that batches grow instead of waits. After a 429 the
 * pace that the vendor bore is learned, and slowly raised again.
 *
 * A call counts from the moment it is taken until a minute after its answer: whenever in between the vendor counted it,
 * no window of 60 seconds ever holds more than the limit.
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

  /** Calls that may still be made within the minute that ends now; Infinity where there is no limit. */
  left(now: number): number {
    return Math.max(0, this.limit - this.used(now));
  }

  /** When the next call may leave, or `now`. */
  nextAt(now: number, callClass: CallClass = 'reserved'): number {
    return this.timeOf(1, now, callClass);
  }

  /** When the nth call from now could leave, if nobody else took any. */
  timeOf(nth: number, now: number, callClass: CallClass = 'reserved'): number {
    const startAt = Math.max(now, this.pausedUntil);
    const isPaced = callClass !== 'token';
    const learnedGapMs = this.learned === undefined || !isPaced ? 0 : WINDOW_MS / this.learned;
    const borneAt = Math.max(startAt, this.lastTakenAt + learnedGapMs) + (nth - 1) * learnedGapMs;
    const { limit } = this;
    if (limit === Infinity) return borneAt;

    const reserve = callClass === 'other' && limit > 1 ? Math.max(1, Math.floor(limit * RESERVE_SHARE)) : 0;
    const usable = limit - reserve;
    const used = this.used(now);
    const mustEnd = used + nth - usable;
    const roomAt = mustEnd <= 0 ? startAt : this.endOfWindow(mustEnd, usable, now);
    const free = Math.max(0, Math.ceil(usable * BURST_SHARE) - used);
    if (nth <= free || !isPaced) return Math.max(borneAt, roomAt);
    const gapMs = this.evenGapMs(used, usable, now);
    const lastAt = free > 0 ? startAt : this.lastTakenAt;
    const pacedAt = Math.max(startAt, lastAt + gapMs) + (nth - 1 - free) * gapMs;
    return Math.max(borneAt, roomAt, pacedAt);
  }

  /** Takes one call. Whoever does has looked at `nextAt` before, and tells when the call has ended. */
  take(now: number): void {
    this.used(now); // without a limit nobody else asks, and what is over would never be forgotten
    this.open += 1;
    this.lastTakenAt = now;
  }

  /** A call was taken, and never left. */
  giveBack(): void {
    this.open -= 1;
  }

  end(now: number): void {
    this.open -= 1;
    this.ended.push(now);
  }

  /**
   * The vendor said 429: waits as long as it asks, and remembers how many calls it did bear.
   *
   * @returns the pace that is learned, in calls per minute, and the pause
   */
  refused(retryAfterMs: number, now: number): { callsPerMinute: number; pauseMs: number } {
    const isPausing = now < this.pausedUntil; // it left before the pause began, as others did
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
   * A call was not refused for its pace.
   *
   * @returns the faster pace that is tried from now on, where that has changed
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

  /** When so many of the calls that count do no longer. */
  private endOfWindow(count: number, usable: number, now: number): number {
    const endedAt = this.ended[count - 1];
    if (endedAt !== undefined) return endedAt + WINDOW_MS;
    const windows = Math.max(1, Math.ceil((count - this.ended.length) / Math.max(1, usable)));
    return now + windows * WINDOW_MS;
  }

  /** The time between two calls at which what is left lasts until it comes back, whenever that is. */
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
