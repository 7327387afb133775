import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Cluster, createDatabase, startClusterIfAny } from '../harness/postgres.js';
import type { Database } from '../../src/database/database.js';
import { DatabaseUnavailable } from '../../src/database/database-errors.js';
import { type OpenDatabase, openDatabase } from '../../src/database/open-database.js';
import { type PreparedDatabase, prepareDatabase } from '../../src/database/prepare-database.js';
import { PostgresDatabase } from '../../src/database/postgres/postgres-database.js';
import { StartupError } from '../../src/config/startup-error.js';
import { until } from '../harness/until.js';
import { withPostgres } from './drivers.js';
import { keepEvents } from './kept-events.js';

withPostgres((driver) => {
  describe(`${PostgresDatabase.name}, when its connections are ended`, () => {
    const log = keepEvents();
    let storage: PreparedDatabase;
    let other: OpenDatabase;
    let database: Database;

    beforeAll(async () => {
      const settings = await driver.create();
      storage = await prepareDatabase(settings, log);
      other = await openDatabase(settings, keepEvents());
      ({ database } = storage);
    });

    afterAll(async () => {
      await storage?.close();
      await other?.close();
    });

    beforeEach(() => {
      log.events.length = 0;
    });

    const endAll = (): Promise<unknown> =>
      database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`,
      );

    it('reconnects, also to listen, and does not report a loss', async () => {
      const heard: string[] = [];
      let gaps = 0;
      await database.listen(
        'restarts',
        (payload) => void heard.push(payload),
        () => (gaps += 1),
      );
      await Promise.all(Array.from({ length: 8 }, () => database.query('select pg_sleep(0.05)')));
      await endAll();
      await until(() => gaps === 2);

      await until(() =>
        database.query('select 1').then(
          () => true,
          () => false,
        ),
      );
      await database.query(`select pg_notify('restarts', 'back')`);
      await until(() => heard.length === 1);
      expect(log.names()).not.toContain('database.lost');
    });

    it('fails and rolls back a transaction when its connection is ended', async () => {
      await database.query('create table kept (a int)');
      const failing = database.transaction(async (tx) => {
        await tx.query('insert into kept values (1)');
        const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        await other.database.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
        await tx.query('insert into kept values (2)');
      });
      await expect(failing).rejects.toBeInstanceOf(DatabaseUnavailable);
      expect((await database.query('select a from kept')).rows).toEqual([]);
    });

    it.concurrent('ends a statement that takes too long', async () => {
      await expect(database.query('select pg_sleep(30)')).rejects.toMatchObject({
        name: 'DatabaseUnavailable',
        because: '57014',
      });
      expect((await database.query('select 1 as one')).rows).toHaveLength(1);
      expect(log.names()).not.toContain('database.lost');
    });

    it.concurrent('ends a transaction that idles for 10 seconds', async () => {
      const idling = database.transaction(async (tx) => {
        await tx.query('select 1');
        await pause(11_000);
        await tx.query('select 1');
      });
      await expect(idling).rejects.toBeInstanceOf(DatabaseUnavailable);
      expect(log.names()).not.toContain('database.lost');
    });
  });

  describe(`${PostgresDatabase.name}, when the server goes away`, () => {
    const log = keepEvents();
    let cluster: Cluster | undefined;
    let storage: PreparedDatabase;
    let url: string;

    beforeAll(async () => {
      cluster = await startClusterIfAny();
      if (!cluster) return;
      url = await createDatabase(cluster.url);
      storage = await prepareDatabase({ DATABASE_URL: url, DATA_DIR: '' }, log);
    });

    afterAll(async () => {
      await storage?.close();
      await cluster?.remove();
    });

    it('fails at once, reports why, and recovers by itself when the server is back', async ({ skip }) => {
      if (!cluster) return skip('there is no PostgreSQL on this machine that could be stopped');
      const { database, queue } = storage;
      await queue.declare('work', { retryLimit: 0, retryDelaySeconds: 0, keepSeconds: 60 });
      const worked: string[] = [];
      await queue.work('work', 1, async ({ id }) => {
        worked.push(id);
      });
      await database.query('create table kept (a int)');
      const inFlight = database.query('select pg_sleep(4)');
      inFlight.catch(() => undefined);

      await cluster.stopServer();
      await expect(inFlight).rejects.toBeInstanceOf(DatabaseUnavailable);
      await until(() => database.whyUnavailable() !== undefined);
      expect(database.whyUnavailable()).toBe('the database cannot be reached');
      // No network event can arrive before this, so a statement that has failed by then has not waited for the server.
      const nextTurn = new Promise((resolve) => setImmediate(resolve, 'it waits'));
      const statements = [
        database.query('insert into kept values ($1)', [1]),
        database.transaction((tx) => tx.query('select 1')),
        database.background.query('select 1'),
      ].map((one) => one.catch((error: unknown) => error));
      const failed = await Promise.all(statements.map((one) => Promise.race([one, nextTurn])));
      for (const one of failed) expect(one).toBeInstanceOf(DatabaseUnavailable);

      await cluster.startServer();
      await until(() => database.whyUnavailable() === undefined);
      await database.transaction((tx) => queue.enqueue(tx, 'work', [{ data: {} }]));
      await until(() => worked.length === 1);
      expect((await database.query('select a from kept')).rows).toEqual([]);
      expect(log.names().filter((name) => /lost|recovered|queue/.test(name))).toEqual([
        'database.lost',
        'database.recovered',
      ]);
      expect(JSON.stringify(log.events)).not.toContain('meniscus@');
    });

    it('refuses to start if it may not connect, and does not print the password', async ({ skip }) => {
      if (!cluster) return skip('there is no PostgreSQL on this machine that could be stopped');
      const wrong = new URL(url);
      wrong.pathname = '/nothing_here';
      wrong.password = 'hunter2';
      const refusal = openDatabase({ DATABASE_URL: wrong.href, DATA_DIR: '' }, keepEvents());
      await expect(refusal).rejects.toThrow(/CREATE DATABASE.*\(3D000\)\.$/);
      const error: unknown = await refusal.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(StartupError);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2');
    });
  });
});
