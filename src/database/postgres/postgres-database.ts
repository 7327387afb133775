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
import { oneAtATime } from '../embedded/one-at-a-time.js';
import { PostgresLine } from './postgres-connection.js';

/** Until a connection stands, or one of the pool is free. */
const CONNECT_TIMEOUT_MS = 2000;
const STATEMENT_TIMEOUT_MS = 5000;
const BACKGROUND_TIMEOUT_MS = 60_000;
/** On top of the server's own limit, for a server that has fallen silent. */
const SILENCE_MS = 2000;
/** Connections of one instance to its database: these, and the line. */
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

function limitedTo(statementMs: number): ClientConfig {
  return {
    statement_timeout: statementMs,
    query_timeout: statementMs + SILENCE_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  };
}

/** What a pool, a client of it and a client alone have in common. */
interface Sender {
  query(config: QueryConfig): Promise<QueryResult>;
}

/** Far more than there are statements in the code: a text that is made anew each time must not fill the server. */
const MAX_NAMES = 500;
const names = new Map<string, string>();

/** The server plans a statement that has a name once for each connection: planning is most of what a short one costs. */
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
  // Several statements in one text are answered with a list, which the driver's types do not say.
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
  readonly home = 'postgres';
  readonly background: Queryable;
  private readonly connection: ClientConfig;
  private readonly line: PostgresLine;
  private readonly pool: Pool;
  private readonly backgroundPool: Pool;

  constructor(
    url: string,
    private readonly availability: Availability,
  ) {
    super();
    this.connection = connectionTo(url);
    this.line = new PostgresLine({ ...this.connection, query_timeout: SILENCE_MS }, availability);
    this.pool = this.createPool(CONNECTIONS, STATEMENT_TIMEOUT_MS);
    this.backgroundPool = this.createPool(BACKGROUND_CONNECTIONS, BACKGROUND_TIMEOUT_MS);
    this.background = { query: (text, values) => this.queryOn(this.backgroundPool, text, values) };
  }

  /** @throws DatabaseUnavailable when the server cannot be reached */
  async open(): Promise<void> {
    await this.line.open().catch((error: unknown) => {
      throw databaseError(error);
    });
  }

  query<R extends object = Row>(text: string, values?: readonly unknown[]): Promise<QueryAnswer<R>> {
    return this.queryOn(this.pool, text, values);
  }

  listen(channel: string, onMessage: (payload: string) => void, afterGap?: () => void): Promise<Listening> {
    return this.line.listen(channel, onMessage, afterGap);
  }

  async alone<T>(work: (session: Queryable) => Promise<T>): Promise<T> {
    const client = new Client(this.connection);
    // Told by the statement that fails.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await work({ query: (text, values) => this.statement(client, text, values) });
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  whyUnavailable(): string | undefined {
    return this.availability.isLost ? 'the database cannot be reached' : undefined;
  }

  async close(): Promise<void> {
    await Promise.all([this.line.close(), this.pool.end(), this.backgroundPool.end()]);
  }

  protected async runTransaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    const client = await this.borrow();
    // The pool hears no error of a client that is lent out, and an error that nobody hears ends the process.
    const heard = (): void => this.line.check();
    client.on('error', heard);
    let broken: Error | undefined;
    try {
      await this.statement(client, 'begin');
      const inOrder = oneAtATime();
      const result = await work({
        query: (text, values) => inOrder(() => this.statement(client, text, values)),
      });
      const { command } = await inOrder(() => this.statement(client, 'commit'));
      // A transaction in which a statement failed answers COMMIT with ROLLBACK, and with no error.
      if (command !== 'COMMIT') throw new StatementFailed({ code: '25P02', message: '' });
      return result;
    } catch (error) {
      // A connection that may be stuck is not asked for one thing more; the server rolls back when it goes.
      if (error instanceof DatabaseUnavailable) broken = error;
      else await client.query('rollback').catch((lost: Error) => (broken = lost));
      throw error;
    } finally {
      client.off('error', heard);
      client.release(broken);
    }
  }

  private createPool(connections: number, statementMs: number): Pool {
    const pool = new Pool({ ...this.connection, ...limitedTo(statementMs), max: connections });
    // An idle connection broke; the pool forgets it by itself.
    pool.on('error', () => this.line.check());
    return pool;
  }

  private async queryOn<R extends object>(
    pool: Pool,
    text: string,
    values?: readonly unknown[],
  ): Promise<QueryAnswer<R>> {
    this.forbidInsideTransaction();
    this.availability.demand();
    return this.statement(pool, text, values);
  }

  private async borrow(): Promise<PoolClient> {
    this.availability.demand();
    try {
      return await this.pool.connect();
    } catch (error) {
      throw this.judge(error);
    }
  }

  private async statement<R extends object = Row>(
    to: Sender,
    text: string,
    values?: readonly unknown[],
  ): Promise<QueryAnswer<R> & { readonly command: string }> {
    try {
      return await send<R>(to, text, values);
    } catch (error) {
      throw this.judge(error);
    }
  }

  private judge(error: unknown): Error {
    const judged = databaseError(error);
    if (judged instanceof DatabaseUnavailable) this.line.check();
    return judged;
  }
}
