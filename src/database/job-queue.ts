import { type Db, type JobInsert, PgBoss, type WorkOptions } from 'pg-boss';
import type { EventLog } from '../observability/event-log.js';
import type { Database, Queryable } from './database.js';
import { DatabaseUnavailable } from './database-errors.js';

const SCHEMA = 'meniscus_jobs';

/** How often jobs are looked for whose worker fell silent, and so the longest that one lies after a kill, with its heartbeat. */
const SUPERVISE_SECONDS = 10;
/** The shortest that pg-boss takes. */
const HEARTBEAT_SECONDS = 10;
/** Also when a notification was lost, as with PgBouncer in transaction mode. */
const POLL_SECONDS = 2;
/** The longest that pg-boss lets a job run; the heartbeat finds a dead worker long before. */
const EXPIRE_SECONDS = 24 * 60 * 60;

export interface NewJob {
  /** Small: what is large stands in a table of its own, which this refers to. */
  readonly data: object;
  /** What it is about. A process works on one job of a key at a time; see also `QueueOptions`. */
  readonly key?: string;
  readonly startAfter?: Date;
}

/** A job that this worker holds, in this attempt. */
export interface Job<T extends object = object> {
  readonly id: string;
  readonly data: T;
  /** 0 in the first attempt. A kill uses one up too. */
  readonly retryCount: number;
  /** Aborted when the job is taken from this worker: overdue, or the service shuts down. */
  readonly signal: AbortSignal;
}

export interface QueueOptions {
  /** Attempts beyond the first. */
  readonly retryLimit: number;
  readonly retryDelaySeconds: number;
  /** How long the record of a finished job stays. */
  readonly keepSeconds: number;
  /** Whether at most one job of a key waits: further ones are not enqueued. It cannot be changed later. */
  readonly oneWaitsPerKey?: boolean;
}

/** pg-boss speaks to whatever it is given as `db`: the database, or a transaction. */
function adapt(to: Queryable): Db {
  return { executeSql: (text, values) => to.query(text, values) };
}

/**
 * Durable jobs, in the same database as everything else, so that a job is enqueued or completed in the transaction
 * that writes what it is about.
 */
export class JobQueue {
  private readonly boss: PgBoss;
  private readonly declared = new Set<string>();

  constructor(
    database: Database,
    private readonly log: Pick<EventLog, 'write' | 'fault'>,
  ) {
    this.boss = new PgBoss({
      db: {
        ...adapt(database.background),
        listen: (channel, onMessage, afterGap) => database.listen(channel, onMessage, afterGap),
      },
      backend: database.home === 'embedded' ? 'pglite' : 'postgres',
      schema: SCHEMA,
      useListenNotify: true,
      schedule: false,
      registerInstance: false,
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
      // The embedded home is vacuumed by us (embedded-upkeep.ts), which this check cannot know.
      monitorVacuum: database.home === 'postgres',
    });
    this.boss.on('error', (error: unknown) => this.tell(error));
    this.boss.on('warning', ({ data }: { data?: { type?: string } }) =>
      this.log.write('warn', 'queue.warned', { because: data?.type ?? 'unknown' }),
    );
  }

  /** Creates or migrates the queue's own schema, and begins to look after it. */
  async start(): Promise<void> {
    await this.boss.start();
  }

  /** Waits for the handlers that run, at most so long, and takes no job any more. */
  async stop(withinMs: number): Promise<void> {
    await this.boss.stop({ graceful: true, timeout: withinMs });
  }

  /** Makes sure that the queue exists with these options. Comes before anything else is done with it. */
  async declare(queue: string, wanted: QueueOptions): Promise<void> {
    const { retryLimit, retryDelaySeconds, keepSeconds, oneWaitsPerKey = false } = wanted;
    const options = {
      retryLimit,
      retryDelay: retryDelaySeconds,
      deleteAfterSeconds: keepSeconds,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      expireInSeconds: EXPIRE_SECONDS,
      notify: true,
    };
    await this.boss.createQueue(queue, { ...options, policy: oneWaitsPerKey ? 'short' : 'standard' });
    await this.boss.updateQueue(queue, options);
    this.declared.add(queue);
  }

  /** Enqueues as part of the transaction: the jobs exist when it commits. */
  async enqueue(tx: Queryable, queue: string, jobs: readonly NewJob[]): Promise<void> {
    this.demandDeclared(queue);
    const inserts = jobs.map(({ key, ...job }): JobInsert => ({
      ...job,
      ...(key !== undefined && { singletonKey: key, group: { id: key } }),
    }));
    await this.boss.insert(queue, inserts, { db: adapt(tx) });
  }

  /**
   * Completes a job as part of the transaction, in the attempt in which it was taken.
   *
   * @returns false when another worker has it by now, so that what was done for it is to be rolled back
   */
  async complete(
    tx: Queryable,
    queue: string,
    { id, retryCount }: Pick<Job, 'id' | 'retryCount'>,
  ): Promise<boolean> {
    this.demandDeclared(queue);
    const done = await this.boss.complete(queue, [{ id, retryCount }], undefined, { db: adapt(tx) });
    // Documented, but left out of the type.
    return (done as { affected: number }).affected === 1;
  }

  /**
   * Works off jobs as they come, at most so many at once. When the handler returns, a job that it has not completed itself
   * is completed; when it throws, the job is tried again. What it throws is stored with the job: it must hold nothing
   * personal.
   */
  async work<T extends object>(
    queue: string,
    concurrency: number,
    handle: (job: Job<T>) => Promise<void>,
  ): Promise<void> {
    const options: WorkOptions = {
      localConcurrency: concurrency,
      localGroupConcurrency: 1,
      pollingIntervalSeconds: POLL_SECONDS,
      notifyPollingIntervalSeconds: POLL_SECONDS,
    };
    // Each worker takes one at a time.
    await this.boss.work<T>(queue, options, async ([job]) => {
      if (job) await handle(job);
    });
  }

  /** Takes no more jobs of the queue, and waits for the handlers that run. */
  async stopWork(queue: string): Promise<void> {
    await this.boss.offWork(queue, { wait: true });
  }

  /** pg-boss would ask for the queue beside the transaction, which waits for that transaction in the embedded home. */
  private demandDeclared(queue: string): void {
    if (!this.declared.has(queue)) throw new Error(`The queue ${queue} has not been declared.`);
  }

  private tell(told: unknown): void {
    // Some errors come as plain copies of themselves.
    const error = told instanceof Error ? told : Object.assign(new Error(), told);
    // While the database is lost, that has been told already.
    if (error.name !== DatabaseUnavailable.name) this.log.fault('queue.failed', error);
  }
}
