/** Spreads the sweeps of instances that were started together. */
const JITTER = 0.2;
/**
 * Sweeps once at start and again after each pause, until the shutdown; never twice at the same time.
 *
 * Its timer does not keep the process alive.
 */
export class Sweeper {
    pauseMs;
    onFault;
    next;
    stopped = false;
    /** @param onFault called with the error of a sweep; the next sweep runs all the same */
    constructor(pauseMs, onFault) {
        this.pauseMs = pauseMs;
        this.onFault = onFault;
    }
    onApplicationBootstrap() {
        void this.sweepRepeatedly();
    }
    beforeApplicationShutdown() {
        this.stopped = true;
        clearTimeout(this.next);
    }
    /** Whether a long sweep should end early. */
    get isStopped() {
        return this.stopped;
    }
    /** Resolves after the first sweep. */
    async sweepRepeatedly() {
        try {
            await this.sweep();
        }
        catch (error) {
            this.onFault(error);
        }
        if (this.stopped)
            return;
        const waitMs = this.pauseMs * (1 + JITTER * (2 * Math.random() - 1));
        this.next = setTimeout(() => void this.sweepRepeatedly(), waitMs).unref();
    }
}
//# sourceMappingURL=sweeper.js.map