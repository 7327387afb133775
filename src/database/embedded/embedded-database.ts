import { statfs } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Availability } from '../availability.js';
import { Database, type Listening, type QueryAnswer, type Queryable, type Row } from '../database.js';
import { DISK_FULL, DatabaseUnavailable, StatementFailed } from '../database-errors.js';
import type { WorkerAnswer } from './worker-protocol.js';
import { EmbeddedSession } from './embedded-session.js';
import { withIdleLimit } from './idle-limit.js';
import { SessionQueue } from './session-queue.js';

const TURN_WITHIN_MS = 5000;
/** More than on a server: only terminating the whole thread stops a statement here. */
const STATEMENT_TIMEOUT_MS = 15_000;
const BACKGROUND_TIMEOUT_MS = 60_000;
const REOPEN_MS = 1000;
/** Two files of the write-ahead log. */
const ROOM_BYTES = 32 * 1024 * 1024;

interface Limits {
  readonly turnMs: number;
  readonly statementMs: number;
}

const PROMPT: Limits = { turnMs: TURN_WITHIN_MS, statementMs: STATEMENT_TIMEOUT_MS };
const BACKGROUND: Limits = { turnMs: BACKGROUND_TIMEOUT_MS, statementMs: BACKGROUND_TIMEOUT_MS };
const ALONE: Limits = { turnMs: BACKGROUND_TIMEOUT_MS, statementMs: 0 };

interface Listener {
  readonly channel: string;
  readonly onMessage: (payload: string) => void;
  readonly afterGap: () => void;
}

function answerAs<R extends object>({ rows, rowCount }: WorkerAnswer): QueryAnswer<R> {
  return { rows: rows as R[], rowCount };
}

/** PGlite on a folder: one session in a worker thread, which callers use in turn. */
export class EmbeddedDatabase extends Database {
  readonly driver = 'embedded';
  readonly background: Queryable = {
    query: (text, values) => this.statement(BACKGROUND, text, values),
  };
  private readonly sessionQueue = new SessionQueue();
  private readonly listeners = new Set<Listener>();
  private session: EmbeddedSession | undefined;
  private isClosed = false;

  constructor(
    private readonly folder: string,
    readonly availability: Availability,
  ) {
    super();
  }

  /** @throws DatabaseUnavailable when the folder cannot be opened */
  async open(): Promise<void> {
    const session = await EmbeddedSession.open(this.folder, {
      died: (error) => void this.reopen(session, error),
      notified: (channel, payload) => {
        for (const listener of this.listeners) if (listener.channel === channel) listener.onMessage(payload);
      },
    });
    for (const channel of new Set([...this.listeners].map((listener) => listener.channel))) {
      // oxlint-disable-next-line no-await-in-loop -- one session, one request at a time
      await session.send({ kind: 'listen', channel }, STATEMENT_TIMEOUT_MS);
    }
    this.session = session;
    this.availability.markAvailable();
    for (const { afterGap } of this.listeners) afterGap();
  }

  query<R extends object = Row>(text: string, values?: readonly unknown[]): Promise<QueryAnswer<R>> {
    return this.statement(PROMPT, text, values);
  }

  async listen(
    channel: string,
    onMessage: (payload: string) => void,
    afterGap = (): void => undefined,
  ): Promise<Listening> {
    const listener = { channel, onMessage, afterGap };
    const isFirst = ![...this.listeners].some((other) => other.channel === channel);
    this.listeners.add(listener);
    if (isFirst) {
      await this.inTurn(BACKGROUND, (session) =>
        session.send({ kind: 'listen', channel }, STATEMENT_TIMEOUT_MS),
      );
    }
    afterGap();
    return { close: () => this.unlisten(listener) };
  }

  async withSession<T>(work: (session: Queryable) => Promise<T>): Promise<T> {
    return this.inTurn(ALONE, (session) => work(queryableOn(session, ALONE)));
  }

  whyUnavailable(): string | undefined {
    if (this.availability.lostBecause === DISK_FULL) return 'the disk of the embedded database is full';
    return this.availability.isLost ? 'the embedded database does not run' : undefined;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const release = await this.sessionQueue.take(STATEMENT_TIMEOUT_MS);
    await this.session?.close();
    release?.();
  }

  protected runTransaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.inTurn(PROMPT, async (session) => {
      const send = (text: string): Promise<WorkerAnswer> =>
        session.send({ kind: 'query', text, values: [], inTransaction: true }, STATEMENT_TIMEOUT_MS);
      await send('begin');
      try {
        const result = await withIdleLimit(this.observedOn(queryableOn(session, PROMPT, true)), work);
        // After a failed statement, PostgreSQL answers COMMIT with ROLLBACK and reports no error.
        const { command } = await send('commit');
        if (command !== 'COMMIT') throw new StatementFailed({ code: '25P02', message: '' });
        return result;
      } catch (error) {
        await send('rollback').catch(() => undefined);
        throw error;
      }
    });
  }

  private observedOn(session: Queryable): Queryable {
    return { query: (text, values) => this.observed(() => session.query(text, values)) };
  }

  private async statement<R extends object>(
    limits: Limits,
    text: string,
    values?: readonly unknown[],
  ): Promise<QueryAnswer<R>> {
    this.forbidInsideTransaction();
    return this.observed(() => this.sendInTurn<R>(limits, text, values));
  }

  private async sendInTurn<R extends object>(
    limits: Limits,
    text: string,
    values?: readonly unknown[],
  ): Promise<QueryAnswer<R>> {
    // A single statement releases its turn as soon as it is sent; only a transaction keeps its turn until it ends.
    const { answer } = await this.inTurn(limits, async (session) => {
      const sent = queryableOn(session, limits).query<R>(text, values);
      sent.catch(() => undefined);
      await session.room();
      return { answer: sent };
    });
    return answer;
  }

  private async inTurn<T>(limits: Limits, work: (session: EmbeddedSession) => Promise<T>): Promise<T> {
    this.availability.assertAvailable();
    const release = await this.sessionQueue.take(limits.turnMs);
    if (!release) throw new DatabaseUnavailable('busy');
    try {
      this.availability.assertAvailable();
      if (!this.session || this.isClosed) throw new DatabaseUnavailable('closed');
      return await work(this.session);
    } finally {
      release();
    }
  }

  private async unlisten(listener: Listener): Promise<void> {
    this.listeners.delete(listener);
    const { channel } = listener;
    if ([...this.listeners].some((other) => other.channel === channel)) return;
    // A dead session does not listen any more.
    await this.inTurn(BACKGROUND, (session) =>
      session.send({ kind: 'unlisten', channel }, STATEMENT_TIMEOUT_MS),
    ).catch(() => undefined);
  }

  /**
   * The thread ended. The folder has everything that was committed, so it is opened again and again until that succeeds or
   * the database is closed. After a full disk this begins when there is room again.
   */
  private async reopen(dead: EmbeddedSession, cause: DatabaseUnavailable): Promise<void> {
    if (this.session !== dead) return;
    this.availability.markLost(cause);
    while (!this.isClosed) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one try after the other
        if (cause.because !== DISK_FULL || (await hasRoom(this.folder))) return await this.open();
      } catch {
        // The next try reports nothing else.
      }
      // oxlint-disable-next-line no-await-in-loop -- the pause between two tries
      await pause(REOPEN_MS, undefined, { ref: false });
    }
  }
}

/** Whether the disk has room to write the log of the last changes into the tables, and to continue. */
async function hasRoom(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize >= ROOM_BYTES;
}

function queryableOn(session: EmbeddedSession, limits: Limits, inTransaction = false): Queryable {
  return {
    query: async (text, values = []) =>
      answerAs(await session.send({ kind: 'query', text, values, inTransaction }, limits.statementMs)),
  };
}
