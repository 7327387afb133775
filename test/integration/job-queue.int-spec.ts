import { randomUUID } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { type Job, JobQueue } from '../../src/database/job-queue.js';
import { type PreparedDatabase, prepareDatabase } from '../../src/database/prepare-database.js';
import { until } from '../harness/until.js';
import { withBothDrivers } from './drivers.js';
import { keepEvents } from './kept-events.js';

const OPTIONS = { retryLimit: 1, retryDelaySeconds: 0, keepSeconds: 3600 };

withBothDrivers((driver) => {
  describe(JobQueue.name, () => {
    const log = keepEvents();
    let storage: PreparedDatabase;
    let database: Database;
    let queue: JobQueue;

    beforeAll(async () => {
      storage = await prepareDatabase(await driver.create(), log);
      ({ database, queue } = storage);
      await database.query('create table results (job uuid primary key)');
    });

    afterAll(async () => storage?.close());

    afterEach(() => expect(log.names().filter((name) => name.startsWith('queue.'))).toEqual([]));

    async function aQueue(): Promise<string> {
      const name = `queue-${randomUUID()}`;
      await queue.declare(name, OPTIONS);
      return name;
    }
    const states = async (name: string): Promise<string[]> => {
      const { rows } = await database.query<{ state: string }>(
        'select state::text as state from meniscus_jobs.job where name = $1 order by data',
        [name],
      );
      return rows.map(({ state }) => state);
    };
    const enqueue = (name: string, count: number): Promise<void> =>
      database.transaction((tx) =>
        queue.enqueue(
          tx,
          name,
          Array.from({ length: count }, (_, n) => ({ data: { n } })),
        ),
      );

    it('enqueues when the transaction commits, and not if it rolls back', async () => {
      const name = await aQueue();
      await enqueue(name, 2);
      await expect(
        database.transaction(async (tx) => {
          await queue.enqueue(tx, name, [{ data: { n: 9 } }]);
          throw new Error('stop');
        }),
      ).rejects.toThrow('stop');
      expect(await states(name)).toEqual(['created', 'created']);
    });

    it('keeps at most one waiting job of a key, and gives a process one job of a key at a time', async () => {
      const name = `queue-${randomUUID()}`;
      await queue.declare(name, { ...OPTIONS, oneWaitsPerKey: true });
      const ask = (key: string, n: number): Promise<void> =>
        database.transaction((tx) => queue.enqueue(tx, name, [{ data: { n }, key }]));
      await ask('a', 1);
      await ask('a', 2);
      await ask('b', 3);
      expect(await states(name)).toEqual(['created', 'created']);
      const begun: number[] = [];
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      await queue.work<{ n: number }>(name, 3, async (job) => {
        begun.push(job.data.n);
        await ended;
      });
      await until(() => begun.length === 2);
      await ask('a', 4); // the one that runs does not wait
      expect(await states(name)).toEqual(['active', 'active', 'created']);
      await new Promise((resolve) => setTimeout(resolve, 5000)); // longer than between two polls
      expect(begun.toSorted((one, other) => one - other)).toEqual([1, 3]);
      end();
      await until(() => begun.length === 3);
      await queue.stopWork(name);
    });

    it('completes a job and stores its result in one transaction', async () => {
      const name = await aQueue();
      await enqueue(name, 2);
      let takenCount = 0;
      await queue.work<{ n: number }>(name, 1, async (job) => {
        await database.transaction(async (tx) => {
          await tx.query('insert into results values ($1)', [job.id]);
          expect(await queue.complete(tx, name, job)).toBe(true);
          takenCount += 1;
          if (takenCount === 1) throw new Error('the first time it fails');
        });
      });
      await until(async () => (await states(name)).every((state) => state === 'completed'));
      await queue.stopWork(name);

      expect(takenCount).toBe(3);
      expect((await database.query('select job from results')).rows).toHaveLength(2);
    });

    it('completes a job only in the attempt in which it was taken', async () => {
      const name = await aQueue();
      await enqueue(name, 1);
      const attempts: Job[] = [];
      await queue.work(name, 1, async (job) => {
        const [first = job] = attempts;
        attempts.push(job);
        if (first === job) throw new Error('tried again');
        expect(await database.transaction((tx) => queue.complete(tx, name, first))).toBe(false);
      });
      await until(async () => (await states(name))[0] === 'completed');
      await queue.stopWork(name);
      expect(attempts.map(({ retryCount }) => retryCount)).toEqual([0, 1]);
    });

    it('wakes a worker when a job arrives, without waiting for the next poll', async () => {
      const name = await aQueue();
      const { boss } = queue as unknown as { boss: PgBoss };
      const work = boss.work.bind(boss);
      const rarely = { pollingIntervalSeconds: 3600, notifyPollingIntervalSeconds: 3600 };
      const spy = vi
        .spyOn(boss, 'work')
        .mockImplementation(((queueName: string, options: object, handle: never) =>
          work(queueName, { ...options, ...rarely }, handle)) as never);
      const begun: number[] = [];
      await queue.work<{ n: number }>(name, 1, async ({ data }) => {
        begun.push(data.n);
      });
      spy.mockRestore();
      for (let n = 1; n <= 5; n += 1) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await database.transaction((tx) => queue.enqueue(tx, name, [{ data: { n } }]));
        // oxlint-disable-next-line no-await-in-loop -- likewise
        await until(() => begun.length === n);
      }
      await queue.stopWork(name);
      expect(begun).toEqual([1, 2, 3, 4, 5]);
    });

    it('refuses a queue that was not declared', async () => {
      await expect(
        database.transaction((tx) => queue.enqueue(tx, 'nobodys', [{ data: {} }])),
      ).rejects.toThrow('nobodys has not been declared');
      expect((await database.query('select 1 as one')).rows).toHaveLength(1);
    });

    it('can be started again on its own schema', async () => {
      const name = await aQueue();
      await queue.declare(name, { ...OPTIONS, retryLimit: 7 });
      await enqueue(name, 1);
      const { rows } = await database.query('select retry_limit from meniscus_jobs.job where name = $1', [
        name,
      ]);
      expect(rows).toEqual([{ retry_limit: 7 }]);
    });
  });
});
