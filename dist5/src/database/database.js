import { AsyncLocalStorage } from 'node:async_hooks';
/**
 * PostgreSQL through one of two drivers: a server, or PGlite in a worker thread. Only the two subclasses know which one
 * it is; all other code sends both the same SQL.
 */
export class Database {
    running = new AsyncLocalStorage();
    /**
     * Runs the work in a transaction: committed when it returns, rolled back when it throws.
     *
     * Keep it short, and never call the vendor inside it: the embedded driver has one session, so all others wait. A
     * transaction that leaves its session idle for 10 s is rolled back.
     */
    async transaction(work) {
        this.forbidInsideTransaction();
        const mark = { isOpen: true };
        return this.runTransaction((tx) => this.running.run(mark, async () => {
            try {
                return await work(tx);
            }
            finally {
                mark.isOpen = false;
            }
        }));
    }
    /** With the embedded driver, a statement outside of the caller's own open transaction would wait for itself forever. */
    forbidInsideTransaction() {
        if (this.running.getStore()?.isOpen) {
            throw new Error('Inside a transaction its own `tx` must be used, not the database.');
        }
    }
}
//# sourceMappingURL=database.js.map