import { AsyncLocalStorage } from 'node:async_hooks';

export type Row = Record<string, unknown>;

export interface QueryAnswer<R> {
  readonly rows: R[];
  /** Rows that the statement returned or changed; of several statements, the last one's. */
  readonly rowCount: number;
}

/** Whatever statements can be sent to: the database, or a transaction. */
export interface Queryable {
  /**
   * Runs one statement. Without values the text may hold several; the rows of all are joined then.
   *
   * Values are strings, numbers, booleans, null, Date, Buffer and arrays of one of these; JSON is given as text
   * (`$1::jsonb`), as the two homes would spell an object or an array differently. An int8 comes back as a number.
   *
   * @throws DatabaseUnavailable | StatementFailed neither quotes a value
   */
  query<R extends object = Row>(text: string, values?: readonly unknown[]): Promise<QueryAnswer<R>>;
}

export interface Listening {
  close(): Promise<void>;
}

export type Home = 'postgres' | 'embedded';

/**
 * PostgreSQL, in one of two homes: a server, or PGlite in a worker thread. Everybody but the two classes that extend
 * this one speaks to both in the same words.
 */
export abstract class Database implements Queryable {
  abstract readonly home: Home;

  /** For statements that nobody waits for: they may take longer, and never take a connection from a caller. */
  abstract readonly background: Queryable;

  private readonly running = new AsyncLocalStorage<{ isOpen: boolean }>();

  abstract query<R extends object = Row>(text: string, values?: readonly unknown[]): Promise<QueryAnswer<R>>;

  /**
   * Runs the work in a transaction: committed when it returns, rolled back when it throws.
   *
   * Short, and never around a call to the vendor: in the embedded home everybody else waits meanwhile. One that
   * leaves its session idle for 10 s is rolled back.
   */
  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    this.forbidInsideTransaction();
    const mark = { isOpen: true };
    return this.runTransaction((tx) =>
      this.running.run(mark, async () => {
        try {
          return await work(tx);
        } finally {
          mark.isOpen = false;
        }
      }),
    );
  }

  /**
   * Hears what is notified on a channel. Notifications sent while the connection is down are lost.
   *
   * @param afterGap called whenever listening begins, first and after each loss: look for what was missed
   */
  abstract listen(
    channel: string,
    onMessage: (payload: string) => void,
    afterGap?: () => void,
  ): Promise<Listening>;

  /** Gives the work a session of its own without any limit of time: for migrations. */
  abstract alone<T>(work: (session: Queryable) => Promise<T>): Promise<T>;

  /** @returns why statements fail at the moment, in a fixed sentence; undefined when they do not */
  abstract whyUnavailable(): string | undefined;

  abstract close(): Promise<void>;

  protected abstract runTransaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;

  /** A statement beside an open transaction would wait for itself in the embedded home; on a server it would only look odd. */
  protected forbidInsideTransaction(): void {
    if (this.running.getStore()?.isOpen) {
      throw new Error('Inside a transaction its own `tx` must be used, not the database.');
    }
  }
}
