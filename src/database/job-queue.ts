import { type Db, type JobInsert, PgBoss, type WorkOptions } from 'pg-boss';
import type { EventLog } from '../observability/event-log.js';
import type { Database, Queryable } from './database.js';
import { DatabaseUnavailable } from './database-errors.js';
import { JOBS_SCHEMA } from './migrate.js';

/** How often jobs of dead workers are looked for. A job of a killed process waits at most this long plus one heartbeat. */
const SUPERVISE_SECONDS = 10;
/** The shortest interval that pg-boss accepts. */
const HEARTBEAT_SECONDS = 10;
/**
 * Finds jobs that become due later, such as retries, and jobs after a lost notification. Each worker polls, so this is most of what an idle service does. A job of a killed process starts again within a
 * heartbeat, a supervision, its retry delay and one poll, which is less than 30 s.
 */
const POLL_SECONDS = 4;
/** pg-boss checks for dependencies between jobs, and ours have none. It cannot be turned off. */
const FLOW_SECONDS = 24 * 60 * 60;
/** The longest that pg-boss lets a job run; the heartbeat finds a dead worker long before that. */
const EXPIRE_SECONDS = 24 * 60 * 60;

export interface NewJob {
  /** Small: large data goes to a table of its own, which this refers to. */
  readonly data: object;
  /** The subject of the job. A process works on one job of a key at a time; see also `QueueOptions`. */
  readonly key?: string;
  readonly startAfter?: Date;
}

/** One attempt of a job, which this worker holds. */
export interface Job<T extends object = object> {
  readonly id: string;
  readonly data: T;
  /** 0 in the first attempt. A killed process uses up an attempt too. */
  readonly retryCount: number;
  /** Aborted when this worker loses the job because it is overdue, or when the service shuts down. */
  readonly signal: AbortSignal;
}

export interface QueueOptions {
  /** Attempts beyond the first. */
  readonly retryLimit: number;
  readonly retryDelaySeconds: number;
  /** How long the record of a finished job is kept. */
  readonly keepSeconds: number;
  /** Whether at most one job of a key waits; further ones are not enqueued. This cannot be changed later. */
  readonly oneWaitsPerKey?: boolean;
}

/** Adapts the database, or a transaction, to the interface that pg-boss sends SQL to. */
function adapt(to: Queryable): Db {
  return { executeSql: (text, values) => to.query(text, values) };
}

/**
 * Durable jobs, in the same database as everything else, so that a job is enqueued or completed in the transaction
 * that writes its subject.
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
      backend: database.driver === 'embedded' ? 'pglite' : 'postgres',
      schema: JOBS_SCHEMA,
      // `migrate` creates it, unless an administrator has.
      createSchema: false,
      useListenNotify: true,
      schedule: false,
      registerInstance: false,
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
      flowIntervalSeconds: FLOW_SECONDS,
      // `EmbeddedMaintenance` vacuums the embedded database, which this check cannot see.
      monitorVacuum: database.driver === 'postgres',
    });
    this.boss.on('error', (error: unknown) => this.logError(error));
    this.boss.on('warning', ({ data }: { data?: { type?: string } }) =>
      this.log.write('warn', 'queue.warned', { because: data?.type ?? 'unknown' }),
    );
  }

  /** Creates or migrates the tables of the queue, and starts its maintenance. */
  async start(): Promise<void> {
    await this.boss.start();
  }

  /** Takes no more jobs, and waits at most this long for running handlers. */
  async stop(withinMs: number): Promise<void> {
    await this.boss.stop({ graceful: true, timeout: withinMs });
  }

  /** Creates the queue, or updates its options. Call this before any other use of the queue. */
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

  /** Enqueues jobs as part of the transaction: they exist once it commits. */
  async enqueue(tx: Queryable, queue: string, jobs: readonly NewJob[]): Promise<void> {
    this.assertDeclared(queue);
    const inserts = jobs.map(({ key, ...job }): JobInsert => ({
      ...job,
      ...(key !== undefined && { singletonKey: key, group: { id: key } }),
    }));
    await this.boss.insert(queue, inserts, { db: adapt(tx) });
  }

  /**
   * Completes a job as part of the transaction, in the attempt in which it was taken.
   *
   * @returns false if another worker holds the job now; the caller then rolls back its transaction
   */
  async complete(
    tx: Queryable,
    queue: string,
    { id, retryCount }: Pick<Job, 'id' | 'retryCount'>,
  ): Promise<boolean> {
    this.assertDeclared(queue);
    const done = await this.boss.complete(queue, [{ id, retryCount }], undefined, { db: adapt(tx) });
    // Documented, but left out of the type.
    return (done as { affected: number }).affected === 1;
  }

  /**
   * Processes jobs as they arrive, at most `concurrency` at once. When the handler returns, a job that it did not complete
   * itself is completed; when it throws, the job is retried. The error is stored with the job, so it must not contain
   * personal data.
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

  /** Takes no more jobs of the queue, and waits for running handlers. */
  async stopWork(queue: string): Promise<void> {
    await this.boss.offWork(queue, { wait: true });
  }

  /** For an unknown queue, pg-boss would send a statement outside of the transaction, which deadlocks with the embedded driver. */
  private assertDeclared(queue: string): void {
    if (!this.declared.has(queue)) throw new Error(`The queue ${queue} has not been declared.`);
  }

  private logError(reported: unknown): void {
    // pg-boss emits some errors as plain objects.
    const error = reported instanceof Error ? reported : Object.assign(new Error(), reported);
    // `Availability` has already logged that the database is lost.
    if (error.name !== DatabaseUnavailable.name) this.log.fault('queue.failed', error);
  }
}
