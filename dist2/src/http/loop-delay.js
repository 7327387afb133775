/** How often the delay is measured while requests arrive. */
const TICK_MS = 10;
/**
 * Measures how late the event loop is, and so how long a request may have waited before its first hook ran.
 *
 * Node has no time of arrival for bytes that wait in the kernel. They arrived after the loop last looked for them, which
 * was at most one turn of the loop ago, so the delay of the last turns is the longest possible wait. While no request
 * arrives nothing is measured, because an idle service must not wake up a hundred times a second.
 */
export class LoopDelay {
    now;
    /** When the next tick is due; undefined while no request arrives. */
    dueAt;
    hasArrivals = false;
    /** How late the last tick was, and the one before it. */
    lateMs = 0;
    lateBeforeMs = 0;
    constructor(now = () => performance.now()) {
        this.now = now;
    }
    /**
     * Notes that a request has arrived.
     *
     * @returns the longest time that it may have waited, in milliseconds; 0 when the loop was idle before
     */
    noteArrival() {
        const now = this.now();
        this.hasArrivals = true;
        if (this.dueAt === undefined)
            this.schedule(now);
        return this.lateMs + this.runningMs(now);
    }
    /** How late two turns in a row were at least, the running one included: a single long turn is no overload. */
    sustainedMs() {
        return Math.min(this.lateMs, Math.max(this.lateBeforeMs, this.runningMs(this.now())));
    }
    /** For how long the running turn has kept the next tick waiting. */
    runningMs(now) {
        return this.dueAt === undefined ? 0 : Math.max(0, now - this.dueAt);
    }
    schedule(now) {
        this.dueAt = now + TICK_MS;
        setTimeout(() => this.tick(), TICK_MS).unref();
    }
    tick() {
        const now = this.now();
        this.lateBeforeMs = this.lateMs;
        this.lateMs = this.runningMs(now);
        if (this.hasArrivals) {
            this.hasArrivals = false;
            this.schedule(now);
        }
        else {
            this.dueAt = undefined;
            this.lateMs = 0;
            this.lateBeforeMs = 0;
        }
    }
}
//# sourceMappingURL=loop-delay.js.map