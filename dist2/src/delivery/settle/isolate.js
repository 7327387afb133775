/**
 * Finds the members that made the vendor refuse a whole call, with few further calls, each of which also delivers
 * members that are not the cause.
 *
 * A set that is known to hold a cause is halved, and only its first half is sent. If that half passes, the cause is in
 * the second half, which needs no call of its own. If it is refused, the cause is in it, and the second half joins the
 * unchecked members; they go together in one call when the cause is found. A member is the cause when it was refused
 * alone, or when it was in two refused calls and all other members of them have passed. That takes at most `⌈log2 n⌉ +
 * 1` calls for each cause.
 */
export class Isolation {
    refusal;
    /** Known to hold a cause. */
    suspects;
    /** Nothing is known of them. */
    unchecked = [];
    /** Whether the suspects were refused more than once: a single refusal may have had another cause. */
    isReproduced = false;
    step = [];
    /**
     * @param refused in the order in which they were sent
     * @param refusal the latest one of the suspects
     */
    constructor(refused, refusal) {
        this.refusal = refusal;
        this.suspects = refused;
    }
    /** All members that still wait for it. */
    get members() {
        return [...this.suspects, ...this.unchecked];
    }
    /**
     * Returns the members to send next, in a call of their own.
     *
     * @param isWaiting false for members that have given up meanwhile
     * @returns an empty list when it is over
     */
    next(isWaiting) {
        const left = this.suspects.filter(isWaiting);
        // The one that left may have been the cause.
        if (left.length < this.suspects.length)
            this.isReproduced = false;
        this.suspects = left;
        this.unchecked = this.unchecked.filter(isWaiting);
        if (this.suspects.length > 0) {
            this.step = this.suspects.slice(0, Math.ceil(this.suspects.length / 2));
        }
        else {
            this.step = this.unchecked;
            this.suspects = this.unchecked;
            this.unchecked = [];
            this.isReproduced = false;
        }
        return this.step;
    }
    /** The step passed, which may leave one suspect. */
    passed() {
        this.suspects = this.suspects.slice(this.step.length);
        return this.suspects.length === 1 && this.isReproduced ? this.found() : undefined;
    }
    /** The step was refused too, which may have been one suspect alone. */
    refused(refusal) {
        const others = this.suspects.slice(this.step.length);
        // The first half of the suspects was refused before, with the others; all of the unchecked were not.
        this.isReproduced = others.length > 0;
        this.unchecked = [...others, ...this.unchecked];
        this.suspects = this.step;
        this.refusal = refusal;
        return this.suspects.length === 1 ? this.found() : undefined;
    }
    /**
     * Discards what was learned, as the step ended otherwise: the members that still wait are sent together next time.
     */
    restart(stillWaiting) {
        this.unchecked = this.members.filter(stillWaiting);
        this.suspects = [];
    }
    found() {
        const [member] = this.suspects;
        this.suspects = [];
        return member === undefined ? undefined : { member, refusal: this.refusal };
    }
}
//# sourceMappingURL=isolate.js.map