import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Settings } from '../../src/config/settings.js';
import { PointsAllowance } from '../../src/writes/credits/points-allowance.service.js';
import { importOptions } from '../../src/imports/upload/import-options.js';
import { readUpload } from '../../src/imports/upload/read-upload.js';
import { UploadService } from '../../src/imports/upload/upload.service.js';
import type { EventLog } from '../../src/observability/event-log.js';
import type { Principal } from '../../src/security/principal.js';
import { ImportRetentionRepository } from '../../src/records/import-retention.repository.js';
import { ImportCsvRepository } from '../../src/records/import-csv.repository.js';
import { ImportRowsRepository } from '../../src/records/import-rows.repository.js';
import { IMPORT_QUEUE, ImportsRepository, type NewImport } from '../../src/records/imports.repository.js';
import type { PreparedDatabase } from '../../src/database/prepare-database.js';
import { PointsOfDayRepository } from '../../src/records/points-of-day.repository.js';
import { ANY_COLUMNS } from '../builders/any-columns.js';
import { withBothDrivers } from './drivers.js';
import { openRepositories } from './repositories.js';
import { keepEvents } from './kept-events.js';

const anImport = (principal: string): NewImport => ({
  id: randomUUID(),
  principal,
  kind: 'customers',
  route: { source: 'INSTORE' },
  onInvalid: 'skip',
});

withBothDrivers((driver) => {
  let storage: PreparedDatabase;
  let imports: ImportsRepository;
  let retention: ImportRetentionRepository;
  let rows: ImportRowsRepository;
  let csv: ImportCsvRepository;

  beforeAll(async () => {
    ({ storage, imports, retention, rows, csv } = await openRepositories(await driver.create()));
  });

  afterAll(async () => storage?.close());

  const jobsOf = async (id: string): Promise<number> => {
    const { rowCount } = await storage.database.query(
      `select from meniscus_jobs.job where name = $1 and state < 'completed' and data->>'importId' = $2`,
      [IMPORT_QUEUE, id],
    );
    return rowCount;
  };

  const letTwoHoursPass = async (id: string): Promise<void> => {
    await storage.database.query(
      `update meniscus.imports set touched_at = touched_at - interval '2 hours' where id = $1`,
      [id],
    );
  };

  describe('the limit of open imports', () => {
    it('applies to each principal, even if many imports are created at once', async () => {
      const begun = await Promise.all(
        Array.from({ length: 8 }, () => imports.createWithin(3, anImport('api-key:app'))),
      );
      expect(begun.filter((one) => one === 'created')).toHaveLength(3);
      expect(await imports.createWithin(3, anImport('api-key:other'))).toBe('created');
    });

    it('counts uploading, queued and paused imports, and none that ended or was discarded', async () => {
      const [first, second, third] = [1, 2, 3].map(() => anImport('api-key:counted'));
      if (!first || !second || !third) throw new Error('there are three');
      expect(await imports.createWithin(2, first)).toBe('created');
      await imports.accept(first.id, 1);
      await imports.transition(first.id, 'pause');
      expect(await imports.createWithin(2, second)).toBe('created');
      expect(await imports.createWithin(2, third)).toBe('too-many');
      await retention.discard(second.id);
      expect(await imports.createWithin(2, second)).toBe('created');
      await storage.database.query(
        `update meniscus.imports set state = 'cancelled', finished_at = now() where id = $1`,
        [first.id],
      );
      expect(await imports.createWithin(2, third)).toBe('created');
    });
  });

  describe('a paused import', () => {
    it('cannot be resumed on another day than the one its points count for', async () => {
      const [today, earlier] = [1, 2].map(() => anImport('api-key:saver'));
      if (!today || !earlier) throw new Error('there are two');
      for (const [one, day] of [
        [today, new Date().toISOString().slice(0, 10)],
        [earlier, '2026-01-31'],
      ] as const) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await imports.create(one);
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await imports.accept(one.id, 1, (tx) => imports.countOn(tx, one.id, day));
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await imports.transition(one.id, 'pause');
      }
      expect(await imports.transition(today.id, 'resume')).toMatchObject({ allowed: true });
      expect(await imports.transition(earlier.id, 'resume')).toMatchObject({ allowed: false });
      expect(await imports.find(earlier.id)).toMatchObject({ state: 'paused' });
      expect(await imports.transition(earlier.id, 'cancel')).toMatchObject({ allowed: true });
    });

    it('is cancelled after it was not touched for too long, with a job that records its lines', async () => {
      const [paused, lately, queued] = [1, 2, 3].map(() => anImport('api-key:forgotten'));
      if (!paused || !lately || !queued) throw new Error('there are three');
      for (const one of [paused, lately, queued]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await imports.create(one);
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await imports.accept(one.id, 1);
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        if (one !== queued) await imports.transition(one.id, 'pause');
      }
      await storage.database.query('delete from meniscus_jobs.job where name = $1', [IMPORT_QUEUE]);
      await letTwoHoursPass(paused.id);
      await letTwoHoursPass(queued.id);
      expect(await retention.cancelExpired(3_600_000)).toEqual([paused.id]);
      expect(await imports.find(paused.id)).toMatchObject({ state: 'cancelling' });
      expect(await jobsOf(paused.id)).toBe(1);
      expect(await imports.find(lately.id)).toMatchObject({ state: 'paused' });
      expect(await imports.find(queued.id)).toMatchObject({ state: 'queued' });
      expect(await retention.cancelExpired(3_600_000)).toEqual([]);
    });
  });

  describe('the stored results of invalid lines', () => {
    const settings = new Settings();
    const principal: Principal = { kind: 'api-key', name: 'invalid', scopes: new Set() };
    const LINES = 10_000;
    /** The size of an encrypted row. Storing every mistake takes twice as much; without a key, text is not compressed and takes ten times as much. */
    const MOST_BYTES_A_LINE = 20;

    it('are small, and each line has one', async () => {
      const { database } = storage;
      const log = keepEvents() as unknown as EventLog;
      const uploads = new UploadService(
        imports,
        retention,
        rows,
        csv,
        settings,
        new PointsAllowance(new PointsOfDayRepository(database), log),
        log,
      );
      async function* bytes(): AsyncGenerator<Buffer> {
        yield Buffer.from('{}\n'.repeat(LINES));
      }
      const { accepted, mistakes } = await uploads.upload(
        readUpload({ type: 'application/x-ndjson', bytes: bytes() }, LINES, ANY_COLUMNS),
        { kind: 'customers', onInvalid: 'skip', principal, route: { source: 'INSTORE' } },
        importOptions({ hasKey: false, keep: async () => undefined } as never, settings),
        () => undefined,
      );
      const { id } = accepted;
      expect(mistakes).toHaveLength(1000);
      expect(await imports.find(id)).toMatchObject({ total: LINES, invalid: LINES });
      const { rows: found } = await database.query<{ lines: number; bytes: number }>(
        `select sum(cardinality(lines))::int as lines, sum(pg_column_size(r.*))::int as bytes
         from meniscus.import_results r where import_id = $1`,
        [id],
      );
      expect(found[0]?.lines).toBe(LINES);
      expect(found[0]?.bytes).toBeLessThan(LINES * MOST_BYTES_A_LINE);
    });
  });
});
