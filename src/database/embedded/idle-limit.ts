import type { Queryable } from '../database.js';
import { StatementFailed } from '../database-errors.js';

/** The same limit as `idle_in_transaction_session_timeout` on a server. */
export const IDLE_IN_TRANSACTION_MS = 10_000;

/** Fails the work when it leaves its session idle for too long, because all other callers wait for the session. */
export async function withIdleLimit<T>(session: Queryable, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    let inFlight = 0;
    let timer: NodeJS.Timeout | undefined;
    const watch = (): void => {
      clearTimeout(timer);
      if (isOver || inFlight > 0) return;
      timer = setTimeout(() => {
        isOver = true;
        reject(new StatementFailed({ code: '25P03', message: '' }));
      }, IDLE_IN_TRANSACTION_MS);
    };
    const tx: Queryable = {
      query: async (text, values) => {
        if (isOver) throw new StatementFailed({ code: '25P01', message: '' });
        inFlight += 1;
        watch();
        try {
          return await session.query(text, values);
        } finally {
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
