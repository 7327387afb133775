/** Calls count when they ended within this time. */
const WINDOW_MS = 30_000;
/** Fewer calls than this prove nothing. */
const MIN_CALLS = 10;
/** The breaker opens when more than this share of them failed. */
const FAILURE_SHARE = 0.5;
/** How long it stays open; doubled each time that the probe fails. */
const OPEN_MS = 5000;
const LONGEST_OPEN_MS = 30_000;
/** Stops calls to a vendor that fails more often than not, and lets one call through now and then to probe it. */
export class CircuitBreaker {
    /** The calls that count, the earliest first. */
    ended = [];
    failures = 0;
    openMs = OPEN_MS;
    reopensAt;
    /** When the next call may leave; undefined while the breaker is closed. */
    get halfOpensAt() {
        return this.reopensAt;
    }
    state(now) {
        if (this.reopensAt === undefined)
            return 'closed';
        return now < this.reopensAt ? 'open' : 'half-open';
    }
    /** Whether a call may leave while this many calls are open. */
    mayCall(now, openCalls) {
        const state = this.state(now);
        return state === 'closed' || (state === 'half-open' && openCalls === 0);
    }
    /**
     * Counts a call that has ended.
     *
     * @returns the state that begins with it, when it changed
     */
    note(isFailure, now) {
        switch (this.state(now)) {
            case 'open':
                return undefined; // left before it opened
            case 'half-open':
                return isFailure ? this.open(Math.min(this.openMs * 2, LONGEST_OPEN_MS), now) : this.close();
            case 'closed': {
                this.count(isFailure, now);
                const { ended, failures } = this;
                const isSick = ended.length >= MIN_CALLS && failures > ended.length * FAILURE_SHARE;
                return isSick ? this.open(OPEN_MS, now) : undefined;
            }
        }
    }
    count(isFailure, now) {
        const counting = this.ended.findIndex(({ at }) => at > now - WINDOW_MS);
        const over = this.ended.splice(0, counting < 0 ? this.ended.length : counting);
        this.failures -= over.filter((one) => one.isFailure).length;
        this.ended.push({ at: now, isFailure });
        if (isFailure)
            this.failures += 1;
    }
    open(openMs, now) {
        this.openMs = openMs;
        this.reopensAt = now + openMs;
        this.ended = [];
        this.failures = 0;
        return 'open';
    }
    close() {
        this.openMs = OPEN_MS;
        this.reopensAt = undefined;
        return 'closed';
    }
}
//# sourceMappingURL=circuit-breaker.js.map