import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreditsRepository } from '../../src/storage/credits.repository.js';
import { ImportRowsRepository, type LineResult } from '../../src/storage/import-rows.repository.js';
import { ImportWorkRepository, LeaseLost } from '../../src/storage/import-work.repository.js';
import { IMPORT_QUEUE, ImportsRepository } from '../../src/storage/imports.repository.js';
import type { Job } from '../../src/storage/job-queue.js';
import { type Storage, openStorage } from '../../src/storage/open-storage.js';
import { inBothHomes } from './homes.js';
import { keepEvents, until } from './told-events.js';

const rejected = (line: number): LineResult => ({ line, outcome: 'rejected', result: '{}' });
const updated = (line: number): LineResult => ({ line, outcome: 'updated', result: '{}' });
const HELD = { lease: randomUUID() };

inBothHomes((home) => {
  describe(ImportsRepository.name, () => {
    let storage: Storage;
    let imports: ImportsRepository;
    let rows: ImportRowsRepository;
    let work: ImportWorkRepository;

    beforeAll(async () => {
      storage = await openStorage(await home.create(), keepEvents());
      const { database, queue } = storage;
      await queue.declare(IMPORT_QUEUE, { retryLimit: 3, retryDelaySeconds: 0, keepSeconds: 3600 });
      imports = new ImportsRepository(database, queue);
      rows = new ImportRowsRepository(database);
      work = new ImportWorkRepository(database, queue, imports, new CreditsRepository(database));
    });

    afterAll(async () => storage?.close());

    async function anUpload(): Promise<string> {
      const id = randomUUID();
      await imports.create({ id, kind: 'customers', route: { source: 'INSTORE' }, onInvalid: 'skip' });
      const payload = JSON.stringify([1, 3].map((line) => ({ line, dto: { line } })));
      await rows.store(id, {
        chunk: { number: 0, firstLine: 1, itemCount: 2, payload },
        invalid: [rejected(2)],
      });
      await rows.store(id, {
        chunk: { number: 1, firstLine: 4, itemCount: 1, payload: '[{"line":4,"dto":{}}]' },
        invalid: [],
      });
      return id;
    }

    /** Runs the work in the job of a sealed import, then takes no job any more. */
    async function inItsJob(id: string, then: (job: Job) => Promise<void>): Promise<void> {
      let failure: unknown;
      let isOver = false;
      await storage.queue.work<{ importId: string }>(
        IMPORT_QUEUE,
        { batchSize: 1, concurrency: 1 },
        async ([job]) => {
          if (!job || isOver || job.data.importId !== id) return;
          try {
            await then(job);
          } catch (error) {
            failure = error;
          }
          isOver = true;
        },
      );
      await until(() => isOver);
      await storage.queue.stopWork(IMPORT_QUEUE);
      if (failure) throw failure;
    }

    it('shows an upload to nobody until it is sealed', async () => {
      const id = await anUpload();
      expect(await imports.find(id)).toBeUndefined();
      expect(await imports.wish(id, 'cancel')).toBeUndefined();
      expect(await imports.seal(id, 5)).toMatchObject({
        state: 'queued',
        lineCount: 5,
        total: 4,
        invalid: 1,
      });
      expect((await imports.list(10)).map((one) => one.id)).toContain(id);
      await imports.wish(id, 'pause');
    });

    it('leaves nothing of an upload that was given up, and stores nothing more of it', async () => {
      const id = await anUpload();
      expect(await imports.abandoned(60_000)).not.toContain(id);
      expect(await imports.abandoned(-1)).toContain(id);
      await imports.discard(id);
      for (const table of [
        'imports where id',
        'import_chunks where import_id',
        'import_results where import_id',
      ]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        expect((await storage.database.query(`select from meniscus.${table} = $1`, [id])).rowCount).toBe(0);
      }
      await expect(rows.store(id, { invalid: [rejected(9)] })).rejects.toThrow('given up');
    });

    it('counts results with the chunk that they close, and only for whoever holds the import', async () => {
      const id = await anUpload();
      await imports.seal(id, 4);
      await inItsJob(id, async (job) => {
        const lost = await work.take(id, randomUUID());
        const held = await work.take(id, HELD.lease);
        if (!held || !lost) throw new Error('it was not taken');
        const { state, chunk } = await work.next(held, -1);
        expect(state).toBe('running');
        expect(chunk).toMatchObject({ number: 0, items: [{ line: 1 }, { line: 3 }] });
        await expect(work.next(lost, -1)).rejects.toThrow(LeaseLost);
        const some = { number: 0, results: [updated(1)], isDone: false, credits: [] };
        await expect(work.note(lost, some)).rejects.toThrow(LeaseLost);
        await work.note(held, some);
        expect((await work.next(held, -1)).chunk?.items.map(({ line }) => line)).toEqual([3]);
        await work.note(held, { number: 0, results: [updated(3)], isDone: true, credits: [] });
        expect(await work.failSome(held, '{"reason":"cancelled"}')).toBe(false);
        await expect(work.endJob(lost, job)).rejects.toThrow(LeaseLost);
        expect(await work.endJob(held, job)).toBe('completed');
      });
      expect(await imports.find(id)).toMatchObject({
        state: 'completed',
        updated: 2,
        rejected: 1,
        failed: 1,
      });
      expect((await rows.results(id, 1, 10)).map(({ line, outcome }) => `${line} ${outcome}`)).toEqual([
        '2 rejected',
        '3 updated',
        '4 failed',
      ]);
      expect(await rows.failedItems(id, -1)).toEqual({ number: 1, items: [{ line: 4, dto: {} }] });
      expect(await rows.failedItems(id, 1)).toBeUndefined();
      expect(await imports.wish(id, 'cancel')).toMatchObject({ isMet: false });
      expect(await imports.outlived(-1)).toContain(id);
      await imports.empty(id);
      expect(await rows.results(id, 0, 10)).toEqual([]);
      expect(await imports.find(id)).toMatchObject({ updated: 2, emptiedAt: expect.any(Date) });
    });

    it('gives a paused import a job again only when its old one has ended', async () => {
      const id = await anUpload();
      await imports.seal(id, 4);
      const jobs = async (): Promise<number> =>
        (
          await storage.database.query(
            `select from meniscus_jobs.job where name = $1 and state < 'completed' and data->>'importId' = $2`,
            [IMPORT_QUEUE, id],
          )
        ).rowCount;
      await inItsJob(id, async (job) => {
        const held = await work.take(id, HELD.lease);
        if (!held) throw new Error('it was not taken');
        await imports.wish(id, 'pause');
        await imports.wish(id, 'resume');
        expect(await jobs()).toBe(1);
        await imports.wish(id, 'pause');
        expect(await work.endJob(held, job)).toBe('paused');
      });
      expect(await jobs()).toBe(0);
      expect(await imports.wish(id, 'resume')).toMatchObject({ isMet: true, found: { state: 'queued' } });
      expect(await jobs()).toBe(1);
    });
  });
});
