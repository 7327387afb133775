import { StatementFailed } from '../database-errors.js';
/** The same limit as `idle_in_transaction_session_timeout` on a server. */
export const IDLE_IN_TRANSACTION_MS = 10_000;
/** Fails the work when it leaves its session idle for too long, because all other callers wait for the session. */
export async function withIdleLimit(session, work) {
    return new Promise((resolve, reject) => {
        let isOver = false;
        let inFlight = 0;
        let timer;
        const watch = () => {
            clearTimeout(timer);
            if (isOver || inFlight > 0)
                return;
            timer = setTimeout(() => {
                isOver = true;
                reject(new StatementFailed({ code: '25P03', message: '' }));
            }, IDLE_IN_TRANSACTION_MS);
        };
        const tx = {
            query: async (text, values) => {
                if (isOver)
                    throw new StatementFailed({ code: '25P01', message: '' });
                inFlight += 1;
                watch();
                try {
                    return await session.query(text, values);
                }
                finally {
                    inFlight -= 1;
                    watch();
                }
            },
        };
        watch();
        void work(tx)
            .then(resolve, reject)
            .finally(() => {
            isOver = true;
            clearTimeout(timer);
        });
    });
}
//# sourceMappingURL=idle-limit.js.map