import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database, Queryable } from '../../src/database/database.js';
import { type PreparedDatabase, prepareDatabase } from '../../src/database/prepare-database.js';
import { withPostgres } from './drivers.js';
import { keepEvents } from './kept-events.js';

withPostgres((driver) => {
  describe('a database with defaults that our statements do not expect', () => {
    let storage: PreparedDatabase;
    let database: Database;

    beforeAll(async () => {
      const settings = await driver.createEmpty();
      const client = new Client({ connectionString: settings.DATABASE_URL });
      await client.connect();
      await client.query(`
        do $$
        declare setting text;
        begin
          foreach setting in array array[
            'default_transaction_isolation = serializable', 'TimeZone = ''Asia/Kolkata''', 'DateStyle = ''German''',
            'search_path = elsewhere', 'standard_conforming_strings = off']
          loop
            execute format('alter database %I set %s', current_database(), setting);
          end loop;
        end $$`);
      await client.end();
      storage = await prepareDatabase(settings, keepEvents());
      ({ database } = storage);
    });

    afterAll(async () => storage?.close());

    it.each<[string, (read: (session: Queryable) => Promise<object[]>) => Promise<object[]>]>([
      ['statements', (read) => read(database)],
      ['transactions', (read) => database.transaction(read)],
      ['background statements and the job queue', (read) => read(database.background)],
      ['migrations', (read) => database.withSession(read)],
    ])('is used with the right ones in %s', async (_kind, use) => {
      const rows = await use(async (session) => {
        const answer = await session.query(
          `select current_setting('transaction_isolation') as isolation, current_setting('search_path') as path,
             '2026-01-02T03:04:05Z'::timestamptz::text as at, '\\n' as text`,
        );
        return answer.rows;
      });
      expect(rows).toEqual([
        { isolation: 'read committed', path: 'public', at: '2026-01-02 03:04:05+00', text: '\\n' },
      ]);
    });

    it('lets transactions wait for each other instead of failing', async () => {
      await database.query('create table counted (n int); insert into counted values (0)');
      const add = (): Promise<unknown> =>
        database.transaction(async (tx) => {
          await tx.query('select n from counted');
          await tx.query('update counted set n = n + 1');
        });
      await Promise.all(Array.from({ length: 8 }, add));
      expect((await database.query('select n from counted')).rows).toEqual([{ n: 8 }]);
    });
  });
});
