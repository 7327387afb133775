import {
  Client,
  type ClientConfig,
  Pool,
  type PoolClient,
  type QueryConfig,
  type QueryResult,
  types,
} from 'pg';
import type { Availability } from '../availability.js';
import { Database, type Listening, type QueryAnswer, type Queryable, type Row } from '../database.js';
import { DatabaseUnavailable, StatementFailed, databaseError } from '../database-errors.js';
import { IDLE_IN_TRANSACTION_MS } from '../embedded/idle-limit.js';
import { checkServer } from './check-server.js';
import { oneAtATime } from './one-at-a-time.js';
import { PostgresConnection } from './postgres-connection.js';
import { NO_LIMITS, type SessionLimits, setSession } from './session-settings.js';

/** Limits the wait for a new connection, or for a free one of the pool. */
const CONNECT_TIMEOUT_MS = 2000;
const STATEMENT_TIMEOUT_MS = 5000;
const BACKGROUND_TIMEOUT_MS = 60_000;
/** Added to the server's own limit, for a server that has gone silent. */
const SILENCE_MS = 2000;
/** An instance opens these connections to its database, and one `PostgresConnection`. */
const CONNECTIONS = 10;
const BACKGROUND_CONNECTIONS = 4;

const INT8 = 20;

function parseInt8(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

function connectionTo(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: 'meniscus',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 && format !== 'binary' ? parseInt8 : types.getTypeParser(oid, format),
    },
  };
}

/** The method that a pool, a client of a pool and a single client have in common. */
interface Sender {
  query(config: QueryConfig): Promise<QueryResult>;
}

/** Far more than the code has statements: generated texts must not fill the memory of the server. */
const MAX_NAMES = 500;
const names = new Map<string, string>();

/** The server plans a named statement once for each connection: planning is most of the cost of a short statement. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size === MAX_NAMES) return known;
  const name = `meniscus_${names.size}`;
  names.set(text, name);
  return name;
}

async function send<R extends object>(
  to: Sender,
  text: string,
  values?: readonly unknown[],
): Promise<QueryAnswer<R> & { readonly command: string }> {
  const name = values?.length ? nameOf(text) : undefined;
  const answer = await to.query({
    text,
    ...(values?.length && { values: [...values] }),
    ...(name !== undefined && { name }),
  });
  // For several statements in one text the driver returns a list, which its types do not declare.
  const all = [answer].flat();
  const last = all.at(-1);
  return {
    rows: all.flatMap((one) => one.rows as R[]),
    rowCount: last?.rowCount ?? 0,
    command: last?.command ?? '',
  };
}

/** PostgreSQL as a server, at `DATABASE_URL`. */
export class PostgresDatabase extends Database {
  readonly driver = 'postgres';
  readonly background: Queryable;
  private readonly connection: ClientConfig;
  private readonly monitor: PostgresConnection;
  private readonly pool: Pool;
  private readonly backgroundPool: Pool;

  constructor(
    url: string,
    readonly availability: Availability,
  ) {
    super();
    this.connection = connectionTo(url);
    this.monitor = new PostgresConnection({ ...this.connection, query_timeout: SILENCE_MS }, availability);
    this.pool = this.createPool(CONNECTIONS, STATEMENT_TIMEOUT_MS);
    this.backgroundPool = this.createPool(BACKGROUND_CONNECTIONS, BACKGROUND_TIMEOUT_MS);
    this.background = { query: (text, values) => this.queryOn(this.backgroundPool, text, values) };
  }

  /** @throws the error of the driver, or DatabaseUnavailable if the server cannot be used as it is */
  async open(): Promise<void> {
    await checkServer({ ...this.connection, query_timeout: SILENCE_MS });
    await this.monitor.open();
  }

  query<R extends object = Row>(text: string, values?: readonly unknown[]): Promise<QueryAnswer<R>> {
    return this.queryOn(this.pool, text, values);
  }

  listen(channel: string, onMessage: (payload: string) => void, afterGap?: () => void): Promise<Listening> {
    return this.monitor.listen(channel, onMessage, afterGap);
  }

  async withSession<T>(work: (session: Queryable) => Promise<T>): Promise<T> {
    const client = new Client(this.connection);
    // The statement that fails reports the error.
    client.on('error', () => undefined);
    try {
      await client.connect().catch((error: unknown) => {
        throw this.classify(error);
      });
      await setSession(client, NO_LIMITS);
      return await work({ query: (text, values) => this.statement(client, text, values) });
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  whyUnavailable(): string | undefined {
    return this.availability.isLost ? 'the database cannot be reached' : undefined;
  }

  async close(): Promise<void> {
    await Promise.all([this.monitor.close(), this.pool.end(), this.backgroundPool.end()]);
  }

  protected async runTransaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    const client = await this.checkOut();
    // The pool does not listen to errors of a checked-out client, and an unhandled 'error' event ends the process.
    const onError = (): void => this.monitor.check();
    client.on('error', onError);
    let broken: Error | undefined;
    try {
      await this.statement(client, 'begin');
      const inOrder = oneAtATime();
      const result = await work({
        query: (text, values) => inOrder(() => this.statement(client, text, values)),
      });
      const { command } = await inOrder(() => this.statement(client, 'commit'));
      // After a failed statement, PostgreSQL answers COMMIT with ROLLBACK and reports no error.
      if (command !== 'COMMIT') throw new StatementFailed({ code: '25P02', message: '' });
      return result;
    } catch (error) {
      // A connection that may hang gets no further statement; the server rolls back when it closes.
      if (error instanceof DatabaseUnavailable) broken = error;
      else await client.query('rollback').catch((lost: Error) => (broken = lost));
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  private createPool(connections: number, statementMs: number): Pool {
    const limits: SessionLimits = {
      statement_timeout: statementMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    };
    const pool = new Pool({
      ...this.connection,
      query_timeout: statementMs + SILENCE_MS,
      max: connections,
      // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it, which its types do not declare
      onConnect: (client) => setSession(client, limits),
    });
    // An idle connection broke; the pool removes it by itself.
    pool.on('error', () => this.monitor.check());
    return pool;
  }

  private async queryOn<R extends object>(
    pool: Pool,
    text: string,
    values?: readonly unknown[],
  ): Promise<QueryAnswer<R>> {
    this.forbidInsideTransaction();
    this.availability.assertAvailable();
    return this.statement(pool, text, values);
  }

  private async checkOut(): Promise<PoolClient> {
    this.availability.assertAvailable();
    try {
      return await this.pool.connect();
    } catch (error) {
      throw this.classify(error);
    }
  }

  private async statement<R extends object = Row>(
    to: Sender,
    text: string,
    values?: readonly unknown[],
  ): Promise<QueryAnswer<R> & { readonly command: string }> {
    return this.observed(async () => {
      try {
        return await send<R>(to, text, values);
      } catch (error) {
        throw this.classify(error);
      }
    });
  }

  private classify(error: unknown): Error {
    const classified = databaseError(error);
    if (classified instanceof DatabaseUnavailable) this.monitor.check();
    return classified;
  }
}
