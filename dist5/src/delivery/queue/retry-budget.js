/** How many retries each other call allows: retries are at most 20 % of all calls. */
const RETRIES_PER_CALL = 0.25;
/** How many retries are allowed when there are hardly any other calls. */
const RETRIES_PER_MINUTE = 30;
/** The most retries that can be saved up. */
const MOST_SAVED = 30;
/** How many calls may be made for retries alone. A retry in a call that leaves anyway costs nothing. */
export class RetryBudget {
    saved = MOST_SAVED;
    countedAt = 0;
    /** When the next one is allowed, in milliseconds of the same clock. */
    nextAt(now) {
        this.count(now);
        return this.saved >= 1 ? now : now + ((1 - this.saved) * 60_000) / RETRIES_PER_MINUTE;
    }
    /** Counts a call that carries nothing but retries. */
    spend(now) {
        this.count(now);
        this.saved -= 1;
    }
    /** Counts any other call. */
    earn(now) {
        this.count(now);
        this.saved = Math.min(MOST_SAVED, this.saved + RETRIES_PER_CALL);
    }
    count(now) {
        const earned = ((now - this.countedAt) * RETRIES_PER_MINUTE) / 60_000;
        this.saved = Math.min(MOST_SAVED, this.saved + earned);
        this.countedAt = now;
    }
}
//# sourceMappingURL=retry-budget.js.map