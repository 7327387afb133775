/** Time and random numbers, so that a test can provide its own. */
export class Clock {
}
/** About 24 days: Node runs a longer timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
export class SystemClock extends Clock {
    now() {
        return performance.now();
    }
    after(waitMs, run) {
        const timer = setTimeout(run, Math.min(waitMs, LONGEST_TIMER_MS));
        return () => clearTimeout(timer);
    }
    soon(run) {
        setImmediate(run);
    }
    random() {
        return Math.random();
    }
}
//# sourceMappingURL=clock.js.map