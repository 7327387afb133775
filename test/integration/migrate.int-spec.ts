import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Queryable } from '../../src/database/database.js';
import { type Migration, migrate } from '../../src/database/migrate.js';
import { migrations } from '../../src/database/migrations/index.js';
import { type OpenDatabase, openDatabase } from '../../src/database/open-database.js';
import { prepareDatabase } from '../../src/database/prepare-database.js';
import { StartupError } from '../../src/config/startup-error.js';
import { withBothDrivers, withPostgres } from './drivers.js';
import { keepEvents } from './kept-events.js';

const steps = async (session: Queryable): Promise<string[]> => {
  const { rows } = await session.query<{ name: string }>(
    'select name from meniscus.migrations order by number',
  );
  return rows.map(({ name }) => name);
};

withBothDrivers((driver) => {
  describe(migrate.name, () => {
    let opened: OpenDatabase;
    // Replaces the SQL of the known migrations, so that the test can build on any of them.
    const soFar = migrations.map((one) => ({ ...one, sql: '' }));
    const next = soFar.length + 1;
    const known: Migration[] = [
      ...soFar,
      { number: next, name: 'create-cups', sql: 'create table cups (a int); insert into cups values (1)' },
      { number: next + 1, name: 'fill-cups', sql: 'insert into cups values (2)' },
    ];
    const run = (given: readonly Migration[]): Promise<Migration[]> =>
      opened.database.withSession((session) => migrate(session, given));

    beforeAll(async () => {
      opened = await openDatabase(await driver.create(), keepEvents());
      const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
      await opened.database.query('update meniscus.migrations set checksum = $1', [emptySha256]);
    });

    afterAll(async () => opened?.close());

    it('applies pending migrations in order and once, even if several processes do so at the same time', async () => {
      const applied = await Promise.all(Array.from({ length: 4 }, () => run(known)));

      expect(applied.map((some) => some.length).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 2]);
      expect(await steps(opened.database)).toEqual(known.map(({ name }) => name));
      expect((await opened.database.query('select a from cups order by a')).rows).toEqual([
        { a: 1 },
        { a: 2 },
      ]);
    });

    it('rolls back all migrations of a run in which one failed', async () => {
      const broken = [
        ...known,
        { number: next + 2, name: 'create-plates', sql: 'create table plates (a int)' },
        { number: next + 3, name: 'break-plates', sql: 'select nothing' },
      ];
      await expect(run(broken)).rejects.toThrow('42703');
      expect(await steps(opened.database)).toHaveLength(known.length);
      await expect(opened.database.query('select * from plates')).rejects.toThrow('42P01');
    });

    it('keeps the imports of the first version, links each to its first retry, and has no count of sent lines for them', async () => {
      const old = await openDatabase(await driver.create(), keepEvents());
      const [original, first, second] = ['1', '2', '3'].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
      const rows = await old.database.withSession(async (session) => {
        await session.query('drop schema meniscus cascade');
        await migrate(session, migrations.slice(0, 1));
        await session.query(
          `insert into meniscus.imports (id, principal, owner, kind, route, on_invalid, state, retry_of, created_at, finished_at)
           select id, 'p', 'o', 'customers', '{}', 'skip', 'completed', retry_of, created_at, now()
           from (values ($1::uuid, null::uuid, now() - interval '3 hours'), ($3, $1, now()), ($2, $1, now() - interval '1 hour'))
             as v(id, retry_of, created_at)`,
          [original, first, second],
        );
        await migrate(session, migrations);
        const found = await session.query<{ id: string; retriedBy: string | null; sent: number | null }>(
          'select id, retried_by as "retriedBy", sent from meniscus.imports order by id',
        );
        return found.rows;
      });
      expect(rows).toEqual([
        { id: original, retriedBy: first, sent: null },
        { id: first, retriedBy: null, sent: null },
        { id: second, retriedBy: null, sent: null },
      ]);
      await old.close();
    });

    it.each([
      ['newer than the code', known.slice(0, -1), /newer than the code: it has \d{4}-fill-cups/],
      [
        'built from an edited step',
        known.map((one) => ({ ...one, sql: one.number === next ? `${one.sql}, (9)` : one.sql })),
        /\d{4}-create-cups was applied in another form/,
      ],
      [
        'built from a renamed step',
        known.map((one) => ({ ...one, name: one.number === next ? 'create-mugs' : one.name })),
        /\d{4}-create-cups was applied in another form/,
      ],
    ])('refuses a database that is %s', async (_what, others, message) => {
      const refusal = run(others);
      await expect(refusal).rejects.toThrow(message);
      await expect(refusal).rejects.toBeInstanceOf(StartupError);
      expect(await steps(opened.database)).toHaveLength(known.length);
    });
  });
});

withPostgres((driver) => {
  describe(openDatabase.name, () => {
    it('migrates once if several instances start at the same time', async () => {
      const settings = await driver.createEmpty();
      const logs = Array.from({ length: 5 }, keepEvents);
      const opened = await Promise.all(logs.map((log) => openDatabase(settings, log)));
      await Promise.all(opened.map((one) => one.close()));

      expect(logs.flatMap((log) => log.names()).filter((name) => name === 'database.migrated')).toHaveLength(
        1,
      );
      expect(logs.flatMap((log) => log.names()).filter((name) => name === 'database.opened')).toHaveLength(5);
    });

    it('needs no other rights at upgrades than to use schemas that an administrator made, and to create in them', async () => {
      const settings = await driver.createEmpty();
      const url = new URL(settings.DATABASE_URL ?? '');
      const role = `upgrading_${Date.now()}`;
      const administrator = new Client(url.href);
      await administrator.connect();
      await administrator.query(`
        create role ${role} login;
        create schema meniscus;
        create schema meniscus_jobs;
        grant usage, create on schema meniscus, meniscus_jobs to ${role}`);
      await administrator.end();
      url.username = role;

      const prepared = await prepareDatabase({ ...settings, DATABASE_URL: url.href }, keepEvents());
      const upgrade: Migration = {
        number: migrations.length + 1,
        name: 'extend-credits',
        sql: `alter table meniscus.credits add column color text;
          create table meniscus.cups (a int);
          create or replace function meniscus.twice(n int) returns int language sql as 'select 2 * n'`,
      };
      await prepared.database.withSession((session) => migrate(session, [...migrations, upgrade]));
      expect(await steps(prepared.database)).toContain('extend-credits');
      await prepared.close();
    });

    it('needs no right to create schemas that exist', async () => {
      const settings = await driver.createEmpty();
      const owner = await openDatabase(settings, keepEvents());
      const role = `limited_${Date.now()}`;
      await owner.database.query(`
        create role ${role} login;
        grant usage on schema meniscus to ${role};
        grant all on all tables in schema meniscus to ${role}`);
      await owner.close();
      const url = new URL(settings.DATABASE_URL ?? '');
      url.username = role;

      const opened = await openDatabase({ ...settings, DATABASE_URL: url.href }, keepEvents());
      expect(await steps(opened.database)).toHaveLength(migrations.length);
      await opened.close();
    });
  });
});
