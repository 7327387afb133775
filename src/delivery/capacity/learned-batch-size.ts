/** How long a learned size is kept before a larger one is tried; doubled each time that the larger one is refused. */
const PROBE_AFTER_MS = 60_000;
const LONGEST_PROBE_AFTER_MS = 16 * PROBE_AFTER_MS;

/** How much larger the next probed size is. */
const PROBE_SHARE = 0.1;

/**
 * How many updates, or bytes, a call may carry: the configured number, until the vendor refuses a call as too large (1060,
 * 413). Then half of that call, or the largest size that has passed since; and slowly more again.
 */
export class LearnedBatchSize {
  private learned: number | undefined;
  /** What was known before the first of the latest refusals, which one update alone may still explain. */
  private before: { readonly learned: number | undefined } | undefined;
  private largestPassed = 0;
  private isProbing = false;
  private probeAt = Infinity;
  private probeAfterMs = PROBE_AFTER_MS;

  /** @param fullShare a call that uses this share of the size proves that the size passes */
  constructor(
    private readonly configured: number,
    private readonly fullShare = 1,
  ) {}

  get size(): number {
    return this.learned ?? this.configured;
  }

  /**
   * A call of this size was accepted.
   *
   * @returns the size to try next, when it changed
   */
  passed(itemCount: number, now: number): number | undefined {
    this.largestPassed = Math.max(this.largestPassed, itemCount);
    if (this.learned === undefined || itemCount < this.learned * this.fullShare || now < this.probeAt)
      return undefined;
    this.before = undefined;
    const next = this.learned + Math.max(1, Math.floor(this.learned * PROBE_SHARE));
    this.learned = next >= this.configured ? undefined : next;
    this.isProbing = true;
    this.probeAt = now + this.probeAfterMs;
    return this.size;
  }

  /**
   * A call of this size was too large.
   *
   * @returns the size that was learned, when it changed
   */
  tooLarge(itemCount: number, now: number): number | undefined {
    if (itemCount > this.size) return undefined; // sent before a smaller size was learned
    this.before ??= { learned: this.learned };
    const before = this.largestPassed < itemCount ? this.largestPassed : 0;
    if (this.isProbing) this.probeAfterMs = Math.min(LONGEST_PROBE_AFTER_MS, this.probeAfterMs * 2);
    this.isProbing = false;
    this.largestPassed = before;
    this.learned = Math.max(1, before, Math.floor(itemCount / 2));
    this.probeAt = now + this.probeAfterMs;
    return this.learned;
  }

  /**
   * One update alone was refused for its size: it explains the refusals of the calls that carried it, so what was learned
   * from them is forgotten.
   *
   * @returns the size from now on, when it changed
   */
  explained(): number | undefined {
    if (!this.before) return undefined;
    this.learned = this.before.learned;
    this.before = undefined;
    return this.size;
  }
}
