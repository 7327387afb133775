/** Gives the only session to one caller after the other, first come, first served. */
export class SessionQueue {
    isTaken = false;
    waiting = new Set();
    /**
     * @param withinMs how long the caller waits at most
     * @returns a function that ends the turn; undefined if the turn did not come in time
     */
    async take(withinMs) {
        if (this.isTaken && !(await this.wait(withinMs)))
            return undefined;
        this.isTaken = true;
        return () => this.pass();
    }
    wait(withinMs) {
        return new Promise((resolve) => {
            const grant = () => {
                clearTimeout(timer);
                resolve(true);
            };
            const timer = setTimeout(() => {
                this.waiting.delete(grant);
                resolve(false);
            }, withinMs);
            this.waiting.add(grant);
        });
    }
    /** Hands the turn directly to the next waiting caller, so that a new caller cannot overtake it. */
    pass() {
        const [next] = this.waiting;
        if (!next) {
            this.isTaken = false;
            return;
        }
        this.waiting.delete(next);
        next();
    }
}
//# sourceMappingURL=session-queue.js.map