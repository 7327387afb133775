/** How long a learned size is kept before a larger one is tried; doubled each time that the larger one is refused. */
const PROBE_AFTER_MS = 60_000;
const LONGEST_PROBE_AFTER_MS = 16 * PROBE_AFTER_MS;
/** How much larger the next probed size is. */
const PROBE_SHARE = 0.1;
/**
 * How many updates a call may carry: the configured number, until the vendor refuses a call as too large (1060). Then
 * half of that call, or the largest size that has passed since; and slowly more again.
 */
export class LearnedBatchSize {
    configured;
    learned;
    largestPassed = 0;
    isProbing = false;
    probeAt = Infinity;
    probeAfterMs = PROBE_AFTER_MS;
    constructor(configured) {
        this.configured = configured;
    }
    get size() {
        return this.learned ?? this.configured;
    }
    /**
     * A call of this size was accepted.
     *
     * @returns the size to try next, when it changed
     */
    passed(itemCount, now) {
        this.largestPassed = Math.max(this.largestPassed, itemCount);
        if (this.learned === undefined || itemCount < this.learned || now < this.probeAt)
            return undefined;
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
    tooLarge(itemCount, now) {
        if (itemCount > this.size)
            return undefined; // sent before a smaller size was learned
        const before = this.largestPassed < itemCount ? this.largestPassed : 0;
        if (this.isProbing)
            this.probeAfterMs = Math.min(LONGEST_PROBE_AFTER_MS, this.probeAfterMs * 2);
        this.isProbing = false;
        this.largestPassed = before;
        this.learned = Math.max(1, before, Math.floor(itemCount / 2));
        this.probeAt = now + this.probeAfterMs;
        return this.learned;
    }
}
//# sourceMappingURL=learned-batch-size.js.map