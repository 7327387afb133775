import { AsyncLocalStorage } from 'node:async_hooks';
import type { Recovery } from './availability.js';

export type Row = Record<string, unknown>;

export interface QueryAnswer<R> {
  readonly rows: R[];
  /** Rows that the statement returned or changed; of several statements, the last one's. */
  readonly rowCount: number;
}

/** Executes statements: the database, or a transaction. */
export interface Queryable {
  /**
   * Runs one statement. Without values the text may contain several statements; their rows are concatenated.
   *
   * Values are strings, numbers, booleans, null, Date, Buffer and arrays of one of these. JSON is passed as text
   * (`$1::jsonb`), because the two drivers serialize objects and arrays differently. An int8 is returned as a number.
   *
   * @throws DatabaseUnavailable | StatementFailed neither quotes a value
   */
  query<R extends object = Row>(text: string, values?: readonly unknown[]): Promise<QueryAnswer<R>>;
}

export interface Listening {
  close(): Promise<void>;
}

export type Driver = 'postgres' | 'embedded';

/** Is called with each statement that was sent, and the error that it ended with. */
type StatementObserver = (durationMs: number, error?: unknown) => void;

/**
 * PostgreSQL through one of two drivers: a server, or PGlite in a worker thread. Only the two subclasses know which one
 * it is; all other code sends both the same SQL.
 */
export abstract class Database implements Queryable {
  abstract readonly driver: Driver;

  /** Runs statements that no caller waits for: they may take longer, and never take a connection away from a request. */
  abstract readonly background: Queryable;

  /** When the database came back after a loss. */
  abstract readonly availability: Recovery;

  private observeStatement: StatementObserver = () => undefined;
  private readonly running = new AsyncLocalStorage<{ isOpen: boolean }>();

  abstract query<R extends object = Row>(text: string, values?: readonly unknown[]): Promise<QueryAnswer<R>>;

  /**
   * Runs the work in a transaction: committed when it returns, rolled back when it throws.
   *
   * Keep it short, and never call the vendor inside it: the embedded driver has one session, so all others wait. A
   * transaction that leaves its session idle for 10 s is rolled back.
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

  /** Sets the observer of statements; there is one. */
  onStatement(observer: StatementObserver): void {
    this.observeStatement = observer;
  }

  /**
   * Listens to notifications on a channel. Notifications that are sent while the connection is down are lost.
   *
   * @param afterGap called when listening starts, and again after each loss of the connection: look for what was missed
   */
  abstract listen(
    channel: string,
    onMessage: (payload: string) => void,
    afterGap?: () => void,
  ): Promise<Listening>;

  /** Runs the work on a session of its own without a statement timeout: for migrations. */
  abstract withSession<T>(work: (session: Queryable) => Promise<T>): Promise<T>;

  /** @returns why statements fail at the moment, in a fixed sentence; undefined while they succeed */
  abstract whyUnavailable(): string | undefined;

  abstract close(): Promise<void>;

  protected abstract runTransaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;

  /** Runs a statement, and reports its duration to the observer. */
  protected async observed<T>(statement: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      const answer = await statement();
      this.observeStatement(performance.now() - startedAt);
      return answer;
    } catch (error) {
      this.observeStatement(performance.now() - startedAt, error);
      throw error;
    }
  }

  /** With the embedded driver, a statement outside of the caller's own open transaction would wait for itself forever. */
  protected forbidInsideTransaction(): void {
    if (this.running.getStore()?.isOpen) {
      throw new Error('Inside a transaction its own `tx` must be used, not the database.');
    }
  }
}
