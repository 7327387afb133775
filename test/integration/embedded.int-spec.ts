import { mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { DatabaseUnavailable } from '../../src/database/database-errors.js';
import { EmbeddedDatabase } from '../../src/database/embedded/embedded-database.js';
import { EmbeddedMaintenance } from '../../src/database/embedded/maintenance.js';
import { FolderLock } from '../../src/database/embedded/folder-lock.js';
import { type OpenDatabase, openDatabase } from '../../src/database/open-database.js';
import { until } from '../harness/until.js';
import { createFolder, createPreparedFolder } from './drivers.js';
import { startProgram } from './programs.js';
import { type KeptEvents, keepEvents } from './kept-events.js';

const opened: OpenDatabase[] = [];

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function open(folder: string, log: KeptEvents = keepEvents()): Promise<Database> {
  const one = await openDatabase({ DATA_DIR: folder }, log);
  opened.push(one);
  return one.database;
}

/** Terminates the worker, as happens when memory runs out or PGlite crashes. */
async function endWorker(database: Database): Promise<void> {
  const { session } = database as unknown as { session: { worker: Worker } };
  await session.worker.terminate();
}

const raise = (code: string): string => `do $$ begin raise exception using errcode = '${code}'; end $$`;

describe(EmbeddedDatabase.name, () => {
  it('locks its folder while it is open, and finds all data again', async () => {
    const folder = createPreparedFolder();
    const database = await open(folder);
    await database.query('create table kept (a int); insert into kept values (1)');
    await expect(open(folder)).rejects.toThrow('DATA_DIR is in use by another process');
    await opened.pop()?.close();

    const log = keepEvents();
    const again = await open(folder, log);
    expect((await again.query('select a from kept')).rows).toEqual([{ a: 1 }]);
    expect(log.names()).toEqual(['database.opened']);
  });

  it('loses no acknowledged row when its process is killed repeatedly', async () => {
    const folder = createPreparedFolder();
    let next = 0;
    for (let round = 0; round < 3; round += 1) {
      const writer = startProgram('write-rows', folder, String(next));
      // oxlint-disable-next-line no-await-in-loop -- one process after the other
      await until(() => writer.lines.length > 150 + round * 31, Boolean, 60_000);
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await writer.kill();
      next = Number(writer.lines.at(-1)) + 1;

      // oxlint-disable-next-line no-await-in-loop -- likewise
      const database = await open(folder);
      // oxlint-disable-next-line no-await-in-loop -- likewise
      const { rows } = await database.query<{ id: number; bytes: number }>(
        'select id, length(filling) as bytes from written order by id',
      );
      // The last row may have been written and not acknowledged.
      expect([next, next + 1]).toContain(rows.length);
      expect(rows.every(({ id, bytes }, index) => id === index && bytes === id % 3000)).toBe(true);
      next = rows.length;
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await opened.pop()?.close();
    }
  });

  it('reopens after its thread ended, with everything that was committed, and listens again', async () => {
    const log = keepEvents();
    const database = await open(createPreparedFolder(), log);
    await database.query('create table kept (a int)');
    const heard: string[] = [];
    let gaps = 0;
    await database.listen(
      'restarts',
      (payload) => void heard.push(payload),
      () => (gaps += 1),
    );
    const failing = database.transaction(async (tx) => {
      await tx.query('insert into kept values (1)');
      await endWorker(database);
      await tx.query('insert into kept values (2)');
    });

    await expect(failing).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(database.whyUnavailable()).toBe('the embedded database does not run');
    await expect(database.query('select 1')).rejects.toBeInstanceOf(DatabaseUnavailable);
    await until(() => database.whyUnavailable() === undefined);

    expect((await database.query('select a from kept')).rows).toEqual([]);
    await database.query(`select pg_notify('restarts', 'back')`);
    await until(() => heard.length === 1);
    expect(gaps).toBe(2);
    expect(log.events.slice(1)).toEqual([
      { event: 'database.lost', because: 'worker ended' },
      { event: 'database.recovered', durationMs: expect.any(Number) },
    ]);
  });

  it('is lost when the disk is full, and opens again when there is room', async () => {
    const log = keepEvents();
    const database = await open(createPreparedFolder(), log);
    await database.query('create table kept (a int); insert into kept values (1)');
    await expect(database.query(raise('53100'))).rejects.toMatchObject({
      name: 'DatabaseUnavailable',
      because: '53100',
    });
    expect(database.whyUnavailable()).toBe('the disk of the embedded database is full');
    await expect(database.query('select 1')).rejects.toBeInstanceOf(DatabaseUnavailable);
    await until(() => database.whyUnavailable() === undefined);

    expect((await database.query('select a from kept')).rows).toEqual([{ a: 1 }]);
    expect(log.names().slice(1)).toEqual(['database.lost', 'database.recovered']);
  });

  it('reports other lacks of resources as a server does, and is not lost', async () => {
    const database = await open(createPreparedFolder());
    await expect(database.query(raise('53200'))).rejects.toMatchObject({
      name: 'DatabaseUnavailable',
      because: '53200',
    });
    expect(database.whyUnavailable()).toBeUndefined();
  });

  it('executes nothing after a panic of PGlite, and opens again when the cause is gone', async () => {
    const folder = createPreparedFolder();
    const log = keepEvents();
    const database = await open(folder, log);
    await database.query('create table kept (a int); insert into kept values (1)');
    // A checkpoint cannot write this file now, which is a panic, as on a full disk.
    const obstacle = join(folder, 'database', 'pg_logical', 'replorigin_checkpoint.tmp');
    mkdirSync(obstacle);
    const statements = ['checkpoint', 'insert into kept values (2)', 'select a from kept'];
    const failed = await Promise.all(
      statements.map((text) => database.query(text).catch((error: unknown) => error)),
    );
    for (const one of failed) expect(one).toBeInstanceOf(DatabaseUnavailable);
    expect(database.whyUnavailable()).toBe('the embedded database does not run');

    // Without this file it tries to open again, and may not report that it succeeded.
    await pause(3000);
    expect(log.names()).not.toContain('database.recovered');
    rmdirSync(obstacle);
    await until(() => database.whyUnavailable() === undefined, Boolean, 90_000);
    expect((await database.query('select a from kept')).rows).toEqual([{ a: 1 }]);
  });

  it('rolls back a transaction that is idle for 10 seconds, because all others wait for it', async () => {
    const database = await open(createPreparedFolder());
    await database.query('create table kept (a int)');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const idling = database.transaction(async (tx) => {
      await tx.query('insert into kept values (1)');
      await vi.advanceTimersByTimeAsync(9_999);
      await tx.query('insert into kept values (2)');
      await vi.advanceTimersByTimeAsync(10_000);
      await tx.query('insert into kept values (3)');
    });
    await expect(idling).rejects.toMatchObject({ code: '25P03' });
    vi.useRealTimers();
    expect((await database.query('select a from kept')).rows).toEqual([]);
  });

  it('does not block the main thread while a statement runs', async () => {
    const database = await open(createPreparedFolder());
    let turns = 0;
    const beat = setInterval(() => {
      turns += 1;
    }, 5);
    await database.query('select count(*) from generate_series(1, 1000000)');
    clearInterval(beat);

    expect(turns).toBeGreaterThan(10); // a thread that runs the statement itself has one or two
  });

  it('refuses to start on a path that is not a folder, or on a folder with other contents', async () => {
    const file = join(createFolder(), 'file');
    writeFileSync(file, '');
    await expect(open(file)).rejects.toThrow(/DATA_DIR cannot be written \((EEXIST|ENOTDIR)\)/);

    const folder = createFolder();
    writeFileSync(join(folder, 'database'), 'rubbish');
    await expect(open(folder)).rejects.toThrow('The embedded database in DATA_DIR cannot be opened');
    // The lock was released.
    FolderLock.take(folder).release();
  });
});

describe(EmbeddedMaintenance.name, () => {
  it('keeps the log and the tables from growing while rows are written and removed', async () => {
    const folder = createPreparedFolder();
    const database = await open(folder);
    const upkeep = new EmbeddedMaintenance(database, keepEvents());
    await database.query('create table churned (id int primary key, filling text)');
    const bytesOf = async (): Promise<number> =>
      Number(
        (await database.query<{ bytes: number }>(`select pg_table_size('churned') as bytes`)).rows[0]?.bytes,
      );
    let firstBytes = 0;
    for (let round = 0; round < 12; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- time passes
      await database.query(
        `insert into churned select i, repeat(md5(i::text), 60) from generate_series(1, 8000) i;
         delete from churned`,
      );
      // A session writes its statistics at most once a second.
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await database.query('select pg_stat_force_next_flush()');
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await upkeep.check();
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await upkeep.vacuum();
      // oxlint-disable-next-line no-await-in-loop -- likewise
      firstBytes ||= await bytesOf();
    }

    const logFolder = join(folder, 'database', 'pg_wal');
    const logBytes = readdirSync(logFolder, { recursive: true, encoding: 'utf8' })
      .map((name) => statSync(join(logFolder, name)).size)
      .reduce((sum, size) => sum + size, 0);
    // Without checkpoints the log has more than 200 MB by now.
    expect(logBytes).toBeLessThan(130_000_000);
    expect(await bytesOf()).toBeLessThan(firstBytes * 2 + 1_000_000);
  });
});
