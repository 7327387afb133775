import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { StatementFailed } from '../../src/database/database-errors.js';
import { label } from '../../src/database/migrate.js';
import { migrations } from '../../src/database/migrations/index.js';
import { type OpenDatabase, openDatabase } from '../../src/database/open-database.js';
import { until } from '../harness/until.js';
import { withBothDrivers, withPostgres } from './drivers.js';
import { keepEvents } from './kept-events.js';

withBothDrivers((driver) => {
  describe(Database.name, () => {
    const log = keepEvents();
    let opened: OpenDatabase;
    let database: Database;

    beforeAll(async () => {
      opened = await openDatabase(await driver.createEmpty(), log);
      ({ database } = opened);
      await database.query('create table things (id int primary key, name text)');
    });

    afterAll(async () => opened?.close());

    const names = async (): Promise<string[]> =>
      (await database.query<{ name: string }>('select name from things order by id')).rows.map(
        ({ name }) => name,
      );

    it('logs its driver, its version and the applied migrations once', () => {
      expect(log.events).toEqual([
        { event: 'database.migrated', migrations: migrations.map(label) },
        {
          event: 'database.opened',
          driver: driver.name,
          version: expect.stringMatching(/^\d+\.\d+/),
          durationMs: expect.any(Number),
        },
      ]);
    });

    it('passes values in the same way with both drivers', async () => {
      const at = new Date('2026-01-02T03:04:05.678Z');
      const values = ['text', 7, 1.5, true, null, at, Buffer.from([0, 255]), ['a', 'b'], '{"a":[1]}', [1, 2]];
      const { rows, rowCount } = await database.query(
        `select $1::text as text, $2::int as int, $3::float8 as float, $4::boolean as bool, $5::text as nothing,
           $6::timestamptz as at, $7::bytea as bytes, $8::text[] as texts, $9::jsonb as json, $10::int[] as ints,
           count(*) as big, 1.10::numeric as exact`,
        values,
      );
      expect(rowCount).toBe(1);
      const [{ bytes, ...row } = { bytes: undefined }] = rows;
      expect(Buffer.from(bytes as Uint8Array)).toEqual(Buffer.from([0, 255]));
      expect(row).toEqual({
        text: 'text',
        int: 7,
        float: 1.5,
        bool: true,
        nothing: null,
        at,
        texts: ['a', 'b'],
        json: { a: [1] },
        ints: [1, 2],
        big: 1,
        exact: '1.10',
      });
    });

    it('runs several statements in one text, and returns the row count of the last one', async () => {
      const { rows, rowCount } = await database.query(
        `create temp table t (a int); insert into t values (1), (2); select 5 as five; update t set a = 3 where a = 1`,
      );
      expect(rows).toEqual([{ five: 5 }]);
      expect(rowCount).toBe(1);
    });

    it('still works after a text of several statements failed halfway', async () => {
      await expect(database.query('begin; select 1/0; commit')).rejects.toMatchObject({ code: '22012' });
      expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    });

    it('commits when the work returns, and returns its result', async () => {
      const result = await database.transaction(async (tx) => {
        await tx.query('insert into things values (1, $1)', ['kept']);
        return 'done';
      });
      expect(result).toBe('done');
      expect(await names()).toEqual(['kept']);
    });

    it('rolls back when the work throws, and throws the same error', async () => {
      const thrown = new Error('stop');
      await expect(
        database.transaction(async (tx) => {
          await tx.query('insert into things values (2, $1)', ['lost']);
          throw thrown;
        }),
      ).rejects.toBe(thrown);
      expect(await names()).toEqual(['kept']);
    });

    it('does not report a commit if a failed statement was ignored', async () => {
      await expect(
        database.transaction(async (tx) => {
          await tx.query('insert into things values (3, $1)', ['lost']);
          await tx.query('insert into things values (1, $1)', ['twice']).catch(() => undefined);
        }),
      ).rejects.toMatchObject({ code: '25P02' });
      expect(await names()).toEqual(['kept']);
    });

    it('runs concurrent statements of one transaction one after the other', async () => {
      const answers = await database.transaction((tx) =>
        Promise.all([1, 2, 3].map((n) => tx.query<{ n: number }>('select $1::int as n', [n]))),
      );
      expect(answers.map(({ rows }) => rows[0]?.n)).toEqual([1, 2, 3]);
    });

    it('refuses a statement outside of an open transaction of its caller', async () => {
      await expect(database.transaction(() => database.query('select 1'))).rejects.toThrow('its own `tx`');
      await expect(database.transaction(() => database.transaction(async () => 1))).rejects.toThrow(
        'its own `tx`',
      );
      expect((await database.query('select 1 as one')).rows).toHaveLength(1);
    });

    it('isolates concurrent transactions', async () => {
      const counts = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          database.transaction(async (tx) => {
            await tx.query('insert into things values ($1, $2)', [100 + n, `of ${n}`]);
            const { rows } = await tx.query<{ count: number }>(
              'select count(*) from things where id >= 100 and xmin = pg_current_xact_id()::xid',
            );
            return rows[0]?.count;
          }),
        ),
      );
      expect(counts).toEqual(Array.from({ length: 20 }, () => 1));
      await database.query('delete from things where id >= 100');
    });

    it('quotes no value in any field of an error', async () => {
      const secret = 'asha@example.com';
      const attempts = [
        database.query('select $1::int', [secret]),
        database.query('insert into things values (1, $1)', [secret]),
        database
          .query('insert into things values ($1, $2)', [77, secret])
          .then(() =>
            database
              .query('create unique index on things ((name || name))')
              .then(() => database.query('insert into things values (78, $1)', [secret])),
          ),
      ];
      for (const error of (await Promise.allSettled(attempts)).map(
        (one) => 'reason' in one && (one.reason as unknown),
      )) {
        expect(error).toBeInstanceOf(StatementFailed);
        const { message, stack } = error as Error;
        expect(
          inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error) + message + stack,
        ).not.toContain('asha');
      }
      await database.query('delete from things where id > 1');
    });

    it('names the mistake in the text of a statement', async () => {
      await expect(database.query('select nothing from things')).rejects.toThrow(
        '42703, column "nothing" does not exist',
      );
      await expect(database.query('insert into things values (1)')).rejects.toMatchObject({
        code: '23505',
        table: 'things',
        constraint: 'things_pkey',
      });
    });

    it('receives notifications until it stops listening', async () => {
      const heard: string[] = [];
      let gaps = 0;
      const listening = await database.listen(
        'Channel-1',
        (payload) => void heard.push(payload),
        () => (gaps += 1),
      );
      const other = await database.listen('Channel-1', (payload) => void heard.push(`other ${payload}`));
      await database.query(`select pg_notify('Channel-1', $1)`, ['one']);
      await until(() => heard.length === 2);
      await other.close();
      await database.transaction((tx) => tx.query(`select pg_notify('Channel-1', 'two')`));
      await until(() => heard.length === 3);
      await listening.close();
      await database.query(`select pg_notify('Channel-1', 'three')`);
      await database.query('select 1');

      expect(heard).toEqual(['one', 'other one', 'two']);
      expect(gaps).toBe(1);
    });
  });
});

withPostgres((driver) => {
  describe('statements on a server', () => {
    const PREPARED = 'select count(*) as prepared from pg_prepared_statements where not from_sql';

    it('are planned once for each connection, up to a maximum of texts', async () => {
      const opened = await openDatabase(await driver.create(), keepEvents());
      await opened.database.withSession(async (session) => {
        await session.query('select $1::int as one', [1]);
        expect((await session.query('select $1::int as one', [2])).rows).toEqual([{ one: 2 }]);
        expect((await session.query(PREPARED)).rows).toEqual([{ prepared: 1 }]);

        for (let number = 0; number < 600; number += 1) {
          // oxlint-disable-next-line no-await-in-loop -- one session
          const { rows } = await session.query(`select $1::int as of_${number}`, [number]);
          expect(rows).toEqual([{ [`of_${number}`]: number }]);
        }
        const [{ prepared } = { prepared: 0 }] = (await session.query<{ prepared: number }>(PREPARED)).rows;
        expect(prepared).toBeGreaterThan(300);
        expect(prepared).toBeLessThanOrEqual(500);
      });
      await opened.close();
    });
  });
});
