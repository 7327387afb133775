/** How many retries each other call allows: retries are at most 20 % of all calls. */
const RETRIES_PER_CALL = 0.25;

/** How many retries are allowed when there are hardly any other calls. */
const RETRIES_PER_MINUTE = 30;

/** The most retries that can be saved up. */
const MOST_SAVED = 30;

/** How many calls may be made for retries alone. A retry in a call that leaves anyway costs nothing. */
export class RetryBudget {
  private saved = MOST_SAVED;
  private countedAt = 0;

  /** When the next one is allowed, in milliseconds of the same clock. */
  nextAt(now: number): number {
    this.count(now);
    return this.saved >= 1 ? now : now + ((1 - this.saved) * 60_000) / RETRIES_PER_MINUTE;
  }

  /** How many are allowed now. */
  left(now: number): number {
    this.count(now);
    return Math.max(0, Math.floor(this.saved));
  }

  /** Counts a call that carries nothing but retries. */
  spend(now: number): void {
    this.count(now);
    this.saved -= 1;
  }

  /** Counts any other call. */
  earn(now: number): void {
    this.count(now);
    this.saved = Math.min(MOST_SAVED, this.saved + RETRIES_PER_CALL);
  }

  private count(now: number): void {
    const earned = ((now - this.countedAt) * RETRIES_PER_MINUTE) / 60_000;
    this.saved = Math.min(MOST_SAVED, this.saved + earned);
    this.countedAt = now;
  }
}
