import { Pool } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open-database.js';
import { serverUrl } from '../harness/databases.js';
import { type Pooler, hasPgbouncer, startPgbouncer } from '../harness/pgbouncer.js';
import { withPostgres } from './drivers.js';
import { keepEvents } from './kept-events.js';

const isInstalled = hasPgbouncer();
const title = isInstalled ? 'PgBouncer' : 'PgBouncer (SKIPPED: it is not installed)';

withPostgres((driver) => {
  describe.skipIf(!isInstalled)(title, () => {
    const running: Pooler[] = [];

    afterAll(async () => {
      await Promise.all(running.map((pooler) => pooler.stop()));
    });

    const throughPooler = async (settings: Record<string, string>, query = '') => {
      const { DATABASE_URL = '' } = await driver.create();
      const pooler = await startPgbouncer(serverUrl ?? '', settings);
      running.push(pooler);
      return openDatabase({ DATABASE_URL: pooler.urlOf(DATABASE_URL) + query, DATA_DIR: '' }, keepEvents());
    };

    it.concurrent.each<Record<string, string>>([
      { pool_mode: 'transaction' },
      { pool_mode: 'transaction', default_pool_size: '1' },
      { pool_mode: 'transaction', server_round_robin: '1', min_pool_size: '5' },
      { pool_mode: 'statement' },
    ])('is refused at once when it pools by transaction or statement: %o', async (settings) => {
      await expect(throughPooler(settings)).rejects.toThrow(
        /`pool_mode = session`.* \(pooled by transaction\)\.$/,
      );
    });

    it.concurrent('is refused as well when others keep its connections busy', async () => {
      const { DATABASE_URL = '' } = await driver.create();
      const pooler = await startPgbouncer(serverUrl ?? '', { pool_mode: 'transaction' });
      running.push(pooler);
      const url = pooler.urlOf(DATABASE_URL);
      const others = new Pool({ connectionString: url, max: 30 });
      const over = new AbortController();
      const busy = Array.from({ length: 30 }, async () => {
        // oxlint-disable-next-line no-await-in-loop -- one statement after the other
        while (!over.signal.aborted) await others.query('select pg_sleep(0.002)');
      });
      const refusal = openDatabase({ DATABASE_URL: url, DATA_DIR: '' }, keepEvents());
      await expect(refusal).rejects.toThrow(/\(pooled by transaction\)\.$/);
      over.abort();
      await Promise.all(busy);
      await others.end();
    });

    it.concurrent(
      'is used with the defaults of PgBouncer, with limits and settings of the session',
      async () => {
        const opened = await throughPooler({});
        const { database } = opened;
        const read = `select current_setting('statement_timeout') as statement, current_setting('TimeZone') as zone,
        current_setting('idle_in_transaction_session_timeout') as idle`;
        expect((await database.query(read)).rows).toEqual([{ statement: '5s', zone: 'UTC', idle: '10s' }]);
        expect((await database.background.query(read)).rows).toMatchObject([{ statement: '1min' }]);
        await opened.close();
      },
    );

    it.concurrent('names what DATABASE_URL must not have with it', async () => {
      await expect(throughPooler({}, '?options=-c%20geqo%3Doff')).rejects.toThrow(
        /remove `options`.* \(08P01\)\.$/,
      );
    });

    it.concurrent('says that its pool is too small for a session of each connection', async () => {
      await expect(throughPooler({ default_pool_size: '1' })).rejects.toThrow(
        /15 connections for each instance/,
      );
    });
  });
});
