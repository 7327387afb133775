import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreditsRepository } from '../../src/records/credits.repository.js';
import { ImportRetentionRepository } from '../../src/records/import-retention.repository.js';
import { ImportRowsRepository, type LineResult } from '../../src/records/import-rows.repository.js';
import {
  type FreeChunk,
  ImportChunksRepository,
  LeaseLost,
} from '../../src/records/import-chunks.repository.js';
import type { TakenImport } from '../../src/records/stored-import.js';
import { IMPORT_QUEUE, ImportsRepository } from '../../src/records/imports.repository.js';
import type { Job } from '../../src/database/job-queue.js';
import type { PreparedDatabase } from '../../src/database/prepare-database.js';
import { until } from '../harness/until.js';
import { withBothDrivers } from './drivers.js';
import { allResults, claimOne, openRepositories } from './repositories.js';
import { CIPHER } from './cipher.js';

const NO_PROGRESS = { waitingFor: undefined, answerCounts: new Map() };
const rejected = (line: number): LineResult => ({ line, outcome: 'rejected', result: '{}' });
const updated = (line: number): LineResult => ({ line, outcome: 'updated', result: '{}' });
const large = (line: number): LineResult => ({ ...updated(line), result: `"${'x'.repeat(300_000)}"` });
const resultOf = (line: number, outcome: LineResult['outcome']): LineResult => ({
  line,
  outcome,
  result: JSON.stringify({ outcome, said: `of line ${line},\nin two rows` }),
});
withBothDrivers((driver) => {
  describe(ImportsRepository.name, () => {
    let storage: PreparedDatabase;
    let imports: ImportsRepository;
    let retention: ImportRetentionRepository;
    let rows: ImportRowsRepository;
    let chunks: ImportChunksRepository;

    beforeAll(async () => {
      ({ storage, imports, retention, rows, chunks } = await openRepositories(await driver.create()));
    });

    afterAll(async () => storage?.close());

    async function anUpload(): Promise<string> {
      const id = randomUUID();
      await imports.create({
        id,
        principal: 'api-key:app',
        kind: 'customers',
        route: { source: 'INSTORE' },
        onInvalid: 'skip',
      });
      const payload = JSON.stringify([1, 3].map((line) => ({ line, dto: { line } })));
      await rows.store(id, {
        chunk: { number: 0, lines: [1, 3], payload },
        invalid: [rejected(2)],
      });
      await rows.store(id, {
        chunk: { number: 1, lines: [4], payload: '[{"line":4,"dto":{}}]' },
        invalid: [],
      });
      return id;
    }

    /** Runs the work in the job of an accepted import, and then stops taking jobs. */
    async function inItsJob(id: string, then: (job: Job) => Promise<void>): Promise<void> {
      // The jobs that other tests left would be taken first.
      await storage.database.query(
        `delete from meniscus_jobs.job where name = $1 and data->>'importId' <> $2`,
        [IMPORT_QUEUE, id],
      );
      let failure: unknown;
      let isOver = false;
      await storage.queue.work<{ importId: string }>(IMPORT_QUEUE, 1, async (job) => {
        if (isOver || job.data.importId !== id) return;
        try {
          await then(job);
        } catch (error) {
          failure = error;
        }
        isOver = true;
      });
      await until(() => isOver);
      await storage.queue.stopWork(IMPORT_QUEUE);
      if (failure) throw failure;
    }

    it('stores no personal data unencrypted', async () => {
      const id = randomUUID();
      await imports.create({
        id,
        principal: 'api-key:app',
        kind: 'customers',
        route: { source: 'INSTORE' },
        onInvalid: 'skip',
      });
      const payload = JSON.stringify([{ line: 1, dto: { firstName: 'Asha', mobile: '919900000001' } }]);
      const json = JSON.stringify({ identifiers: [{ type: 'mobile', value: '919900000002' }] });
      await rows.store(id, {
        chunk: { number: 1, lines: [1], payload },
        invalid: [{ line: 2, outcome: 'rejected', result: json }],
      });
      const { rows: stored } = await storage.database.query<{ text: string }>(
        `select c::text || r::text as text from meniscus.import_chunks c, meniscus.import_results r
         where c.import_id = $1 and r.import_id = $1`,
        [id],
      );
      expect(stored).toHaveLength(1);
      expect(stored[0]?.text).not.toMatch(/Asha|9199/);
      await imports.accept(id, 2);
      expect((await chunks.next(id, 1)).chunks[0]?.items).toEqual(JSON.parse(payload));
      expect((await allResults(rows, id))[0]?.result).toBe(json);
      await imports.transition(id, 'pause');
    });

    it('lists no upload until it is accepted', async () => {
      const id = await anUpload();
      expect(await imports.find(id)).toBeUndefined();
      expect(await imports.transition(id, 'cancel')).toBeUndefined();
      expect(await imports.accept(id, 5)).toMatchObject({
        state: 'queued',
        lineCount: 5,
        total: 4,
        invalid: 1,
      });
      expect((await imports.list(10, undefined, 'api-key:app')).map((one) => one.id)).toContain(id);
      expect(await imports.list(10, undefined, 'api-key:other')).toEqual([]);
      expect((await imports.list(10)).map((one) => one.id)).toContain(id);
      await imports.transition(id, 'pause');
    });

    it('leaves no row of a discarded upload, and accepts no more rows of it', async () => {
      const id = await anUpload();
      expect(await retention.abandoned(60_000)).not.toContain(id);
      expect(await retention.abandoned(-1)).toContain(id);
      await retention.discard(id);
      for (const table of [
        'imports where id',
        'import_chunks where import_id',
        'import_results where import_id',
      ]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        expect((await storage.database.query(`select from meniscus.${table} = $1`, [id])).rowCount).toBe(0);
      }
      await expect(rows.store(id, { number: 2, invalid: [rejected(9)] })).rejects.toThrow('discarded');
    });

    /** Claims the next chunk for the holder, with these customers. */
    async function claimNext(held: TakenImport, keys: readonly number[] = []): Promise<FreeChunk> {
      const [chunk] = (await chunks.next(held.id, 1)).chunks;
      if (!chunk) throw new Error('no chunk is free');
      expect(await claimOne(chunks, held, chunk, keys)).toBe('claimed');
      return chunk;
    }

    async function take(id: string): Promise<TakenImport> {
      const taken = await imports.start(id, randomUUID());
      if (!taken) throw new Error('it was not taken');
      return taken;
    }

    /** Ends the leases of all chunks, as if their holders had been killed a while ago. */
    const letLeasesEnd = (id: string) =>
      storage.database.query(
        `update meniscus.import_chunks set held_until = now() - interval '1 second' where import_id = $1`,
        [id],
      );

    it('counts results together with their chunk, and only for the process that has claimed it', async () => {
      const id = await anUpload();
      await imports.accept(id, 4);
      await inItsJob(id, async (job) => {
        const held = await take(id);
        const other = await take(id);
        expect(await imports.find(id)).toMatchObject({ state: 'running', firstWaitingLine: 1 });
        const chunk = await claimNext(held);
        expect(chunk).toMatchObject({ number: 0, items: [{ line: 1 }, { line: 3 }] });
        const some = {
          number: 0,
          results: [updated(1)],
          chunk: 'held',
          credits: [],
          calls: 1,
          sent: 1,
        } as const;
        await expect(chunks.note(other, some)).rejects.toThrow(LeaseLost);
        await chunks.note(held, some);
        await chunks.note(held, { ...some, results: [], chunk: 'released', calls: 0, sent: 0 });
        await expect(chunks.note(held, { ...some, results: [updated(3)] })).rejects.toThrow(LeaseLost);
        expect(await claimNext(other)).toMatchObject({ number: 0, items: [{ line: 3 }] });
        await chunks.note(other, { ...some, results: [updated(3)], chunk: 'done', calls: 2, sent: 1 });
        expect(
          await chunks.failRemainingLines(id, {
            failed: '{"reason":"cancelled"}',
            credited: '{}',
            inDoubt: '{}',
          }),
        ).toBe(false);
        await expect(imports.endJob(id, { ...job, retryCount: 9 })).rejects.toThrow(LeaseLost);
        expect(await imports.endJob(id, job)).toBe('completed');
      });
      expect(await imports.find(id)).toMatchObject({
        state: 'completed',
        updated: 2,
        rejected: 1,
        failed: 1,
        calls: 3,
        sent: 2,
        firstWaitingLine: null,
      });
      expect((await allResults(rows, id)).map(({ line, outcome }) => `${line} ${outcome}`)).toEqual([
        '1 updated',
        '2 rejected',
        '3 updated',
        '4 failed',
      ]);
      expect(await rows.failedItems(id, -1)).toEqual({ number: 1, items: [{ line: 4, dto: {} }] });
      expect(await rows.failedItems(id, 1)).toBeUndefined();
      expect(await imports.transition(id, 'cancel')).toMatchObject({ allowed: false });
      expect(await retention.expired(-1)).toContain(id);
      await retention.empty(id);
      expect(await allResults(rows, id)).toEqual([]);
      expect(await imports.find(id)).toMatchObject({ updated: 2, emptiedAt: expect.any(Date) });
    });

    it('stores the results of a chunk as one row, and reads the lines of all rows in their order', async () => {
      const id = randomUUID();
      await imports.create({
        id,
        principal: 'api-key:app',
        kind: 'customers',
        route: { source: 'INSTORE' },
        onInvalid: 'skip',
      });
      const expected: LineResult[] = [];
      // Every third line is invalid, and the others are recorded in two parts: more rows than one page has.
      for (let number = 1; number <= 7; number += 1) {
        const first = (number - 1) * 9 + 1;
        const all = Array.from({ length: 9 }, (_, index) => first + index);
        const lines = all.filter((line) => line % 3 !== 0);
        const invalid = all.filter((line) => line % 3 === 0).map((line) => resultOf(line, 'rejected'));
        const payload = JSON.stringify(lines.map((line) => ({ line, dto: { line } })));
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await rows.store(id, { chunk: { number, lines, payload }, invalid });
        const noted = lines.map((line) => resultOf(line, line % 2 === 0 ? 'failed' : 'updated'));
        expected.push(...[...invalid, ...noted].toSorted((one, other) => one.line - other.line));
      }
      await rows.store(id, { number: 8, invalid: [resultOf(64, 'rejected')] });
      expected.push(resultOf(64, 'rejected'));
      await imports.accept(id, 64);
      const held = await take(id);
      for (let number = 1; number <= 7; number += 1) {
        // oxlint-disable-next-line no-await-in-loop -- in the order of lines
        const { items } = await claimNext(held);
        const results = items.map(({ line }) => resultOf(line, line % 2 === 0 ? 'failed' : 'updated'));
        const part = { number, credits: [], calls: 1, sent: 1 };
        // oxlint-disable-next-line no-await-in-loop -- as above
        await chunks.note(held, { ...part, results: results.slice(3), chunk: 'held' });
        // oxlint-disable-next-line no-await-in-loop -- as above
        await chunks.note(held, { ...part, results: results.slice(0, 3), chunk: 'done' });
      }

      expect(await allResults(rows, id)).toEqual(expected);
      const failed: number[] = [];
      for await (const step of rows.results(id, { outcomes: ['failed'] })) {
        failed.push(...step.results.map(({ line }) => line));
      }
      expect(failed).toEqual(expected.flatMap(({ line, outcome }) => (outcome === 'failed' ? [line] : [])));
      expect((await rows.failedItems(id, 6))?.items.map(({ line }) => line)).toEqual([56, 58, 62]);
      const stored = await storage.database.query<{ rows: number }>(
        'select count(*)::int as rows from meniscus.import_results where import_id = $1',
        [id],
      );
      expect(stored.rows[0]?.rows).toBe(7 * 3 + 1);
      await imports.transition(id, 'cancel');
    });

    it('stores results in a further row if one would be too large', async () => {
      const id = await anUpload();
      await imports.accept(id, 4);
      const held = await take(id);
      await claimNext(held);
      const results = [large(1), large(3)];
      await chunks.note(held, { number: 0, results, chunk: 'done', credits: [], calls: 1, sent: 1 });
      expect(await allResults(rows, id)).toEqual([results[0], rejected(2), results[1]]);
      await imports.transition(id, 'cancel');
    });

    it('gives chunks to two holders in the order of lines, and none twice', async () => {
      const id = await anUpload();
      await imports.accept(id, 4);
      const one = await take(id);
      const other = await take(id);
      expect(await claimOne(chunks, one, { number: 1, revision: 0 }, [])).toBe('taken'); // the first one comes first
      expect((await claimNext(one)).number).toBe(0);
      expect(await claimOne(chunks, other, { number: 0, revision: 0 }, [])).toBe('taken');
      expect((await claimNext(other)).number).toBe(1);
      expect(await chunks.next(id, 1)).toEqual({ state: 'running', isLeft: true, chunks: [] });
      await imports.transition(id, 'pause');
    });

    /** An upload of that many chunks with one line each, which a process has started. */
    async function started(chunkCount: number): Promise<TakenImport> {
      const id = randomUUID();
      await imports.create({
        id,
        principal: 'api-key:app',
        kind: 'customers',
        route: { source: 'INSTORE' },
        onInvalid: 'skip',
      });
      for (let number = 1; number <= chunkCount; number += 1) {
        const chunk = { number, lines: [number], payload: `[{"line":${number},"dto":{}}]` };
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await rows.store(id, { chunk, invalid: [] });
      }
      await imports.accept(id, chunkCount);
      return take(id);
    }

    it('gives several chunks at once, and none after one that has to wait for a customer', async () => {
      const one = await started(6);
      const other = await take(one.id);
      await claimNext(one, [7]);
      const found = await chunks.next(one.id, 4);
      expect(found.chunks.map(({ number, items }) => [number, items.length])).toEqual([
        [2, 1],
        [3, 1],
        [4, 1],
        [5, 1],
      ]);
      const wanted = found.chunks.map(({ number, revision }) => ({
        number,
        revision,
        keys: number === 4 ? [1, 7] : [number],
      }));
      expect(await chunks.claim(other, wanted)).toEqual(['claimed', 'claimed', 'awaits-others', 'taken']);
      expect((await chunks.next(one.id, 4)).chunks.map(({ number }) => number)).toEqual([4, 5, 6]);
      await imports.transition(one.id, 'cancel');
    });

    it('stores the results of several chunks at once, except those that another process has by now', async () => {
      const slow = await started(9);
      const all = (await chunks.next(slow.id, 9)).chunks;
      await chunks.claim(
        slow,
        all.map(({ number, revision }) => ({ number, revision, keys: [] })),
      );
      await storage.database.query(
        `update meniscus.import_chunks set held_until = now() - interval '1 second' where import_id = $1 and number = 8`,
        [slow.id],
      );
      const other = await take(slow.id);
      expect((await claimNext(other)).number).toBe(8);
      // The first of them are stored alone, as nothing else is being stored; the others share a statement.
      const noted = await Promise.allSettled(
        all.map(({ number }) =>
          chunks.note(slow, {
            number,
            results: [number === 9 ? resultOf(9, 'unknown') : updated(number)],
            chunk: number === 7 ? 'held' : 'done',
            credits: [],
            calls: 2,
            sent: 1,
          }),
        ),
      );
      expect(noted.map(({ status }) => status)).toEqual(
        all.map(({ number }) => (number === 8 ? 'rejected' : 'fulfilled')),
      );
      expect(noted[7]).toMatchObject({ reason: expect.any(LeaseLost) });
      expect(await imports.find(slow.id)).toMatchObject({
        updated: 7,
        unknown: 1,
        rejected: 0,
        calls: 16,
        firstWaitingLine: 7,
      });
      expect((await allResults(rows, slow.id)).map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 9]);
      await imports.transition(slow.id, 'cancel');
    });

    it('makes a chunk wait while another process holds one of its customers', async () => {
      const id = await anUpload();
      await imports.accept(id, 4);
      const one = await take(id);
      const other = await take(id);
      await claimNext(one, [1, -2]);
      expect(await claimOne(chunks, other, { number: 1, revision: 0 }, [-2, 3])).toBe('awaits-others');
      expect(await claimOne(chunks, one, { number: 1, revision: 0 }, [-2, 3])).toBe('claimed'); // its own order holds within a process
      await chunks.note(one, { number: 0, results: [], chunk: 'released', credits: [], calls: 0, sent: 0 });
      await imports.transition(id, 'pause');
    });

    it('gives the chunks of a killed process to another one, and accepts no results of the killed one', async () => {
      const id = await anUpload();
      await imports.accept(id, 4);
      const killed = await take(id);
      const other = await take(id);
      await claimNext(killed, [1]);
      await letLeasesEnd(id);
      await chunks.keep(killed, NO_PROGRESS); // a process that lives keeps them
      expect(await claimOne(chunks, other, { number: 0, revision: 0 }, [1])).toBe('taken');
      await letLeasesEnd(id);
      await claimNext(other, [1]);
      const done = {
        number: 0,
        results: [updated(1)],
        chunk: 'done',
        credits: [],
        calls: 1,
        sent: 1,
      } as const;
      await expect(chunks.note(killed, done)).rejects.toThrow(LeaseLost);
      expect(await imports.find(id)).toMatchObject({ updated: 0 });
      await chunks.note(other, { ...done, results: [updated(1), updated(3)] });
      await imports.transition(id, 'pause');
    });

    it('hands the counts of failed answers to the next process, and reports what the import waits for', async () => {
      const id = await anUpload();
      await imports.accept(id, 4);
      const killed = await take(id);
      await claimNext(killed, [1]);
      const before = (await imports.find(id))?.version ?? 0;
      const progress = { waitingFor: 'breaker', answerCounts: new Map([[0, { 1: 3, 3: 1 }]]) } as const;
      await chunks.keep(killed, progress);
      const waiting = await imports.find(id);
      expect(waiting).toMatchObject({ waitingFor: 'breaker', state: 'running' });
      expect(waiting?.version).toBeGreaterThan(before);
      await chunks.keep(killed, { ...progress, answerCounts: new Map() });
      expect(await imports.find(id)).toMatchObject({ version: waiting?.version });

      await letLeasesEnd(id);
      const next = await chunks.next(id, 1);
      expect(next.chunks[0]).toMatchObject({ number: 0, answerCounts: { 1: 3, 3: 1 } });
      await imports.transition(id, 'pause');
      expect(await imports.find(id)).toMatchObject({ waitingFor: null, state: 'paused' });
    });

    it('lets exactly one of many imports retry another, until that one is discarded', async () => {
      const old = await anUpload();
      const retry = () => ({
        id: randomUUID(),
        principal: 'api-key:app',
        kind: 'customers' as const,
        route: { source: 'INSTORE' },
        onInvalid: 'skip' as const,
        retryOf: old,
      });
      const retries = Array.from({ length: 6 }, retry);
      const created = await Promise.all(retries.map((one) => imports.createWithin(1000, one)));
      expect(created.toSorted()).toEqual(['created', ...Array<string>(5).fill('retried')]);
      const winner = retries[created.indexOf('created')];
      await retention.discard(winner?.id ?? '');
      expect(await imports.createWithin(1000, retry())).toBe('created');
      expect(await imports.createWithin(1000, retry())).toBe('retried');
    });

    it('claims no chunk after a cancel, but records results of chunks that were claimed before', async () => {
      const id = await anUpload();
      await imports.accept(id, 4);
      const held = await take(id);
      await claimNext(held);
      await imports.transition(id, 'cancel');
      expect(await claimOne(chunks, held, { number: 1, revision: 0 }, [])).toBe('taken');
      expect(await chunks.keep(held, NO_PROGRESS)).toBe('cancelling');
      expect(await chunks.failRemainingLines(id, { failed: '{}', credited: '{}', inDoubt: '{}' })).toBe(
        false,
      );
      await chunks.note(held, {
        number: 0,
        results: [updated(1), updated(3)],
        chunk: 'done',
        credits: [],
        calls: 1,
        sent: 1,
      });
      expect(await imports.find(id)).toMatchObject({ updated: 2, failed: 1, firstWaitingLine: null });
    });

    it('records the outcome of credits that a killed process sent when the remaining lines are not sent', async () => {
      const id = await anUpload();
      await imports.accept(id, 4);
      const credit = (line: number) => ({
        id: `import:${id}:${line}`,
        route: {},
        points: 5,
        payload: '{}',
        isKept: true,
      });
      const credits = new CreditsRepository(storage.database, CIPHER);
      await credits.noteSent(randomUUID(), [credit(1), credit(3)]);
      await credits.noteFates([{ id: credit(1).id, fate: 'credited' }]);
      await imports.transition(id, 'cancel');
      await chunks.failRemainingLines(id, {
        failed: '"failed"',
        credited: '"credited"',
        inDoubt: '{"a": 1}',
      });
      expect(await imports.find(id)).toMatchObject({ updated: 1, unknown: 1, failed: 1, rejected: 1 });
      expect((await allResults(rows, id)).map(({ line, result }) => `${line} ${result}`)).toEqual([
        '1 "credited"',
        '2 {}',
        `3 {"a":1,"creditId":"import:${id}:3"}`,
        '4 "failed"',
      ]);
      expect([...(await credits.statesOf([credit(1).id, credit(3).id])).values()]).toEqual(['sent']);
    });

    const jobsOf = async (id: string): Promise<number> => {
      const { rowCount } = await storage.database.query(
        `select from meniscus_jobs.job where name = $1 and state < 'completed' and data->>'importId' = $2`,
        [IMPORT_QUEUE, id],
      );
      return rowCount;
    };

    it('enqueues a job for one more process if it is long, and again after that job was lost', async () => {
      const id = randomUUID();
      await imports.create({
        id,
        principal: 'api-key:app',
        kind: 'customers',
        route: { source: 'INSTORE' },
        onInvalid: 'skip',
      });
      for (let number = 1; number <= 9; number += 1) {
        const chunk = { number, lines: [number], payload: `[{"line":${number},"dto":{}}]` };
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await rows.store(id, { chunk, invalid: [] });
      }
      await imports.accept(id, 9);
      await inItsJob(id, async () => {
        expect(await jobsOf(id)).toBe(1);
        await take(id);
        expect(await jobsOf(id)).toBe(driver.name === 'postgres' ? 2 : 1);
      });
      await storage.database.query('delete from meniscus_jobs.job where name = $1', [IMPORT_QUEUE]);
      expect(await retention.stuck(60_000)).not.toContain(id);
      expect(await retention.stuck(-1)).toContain(id);
      await imports.enqueueAgain(id);
      await imports.enqueueAgain(id);
      expect(await jobsOf(id)).toBe(1);
      await imports.transition(id, 'pause');
      expect(await retention.stuck(-1)).not.toContain(id);
    });

    it('continues after a pause, even if it is resumed while its job still runs', async () => {
      const id = await anUpload();
      await imports.accept(id, 4);
      await inItsJob(id, async (job) => {
        await take(id);
        await imports.transition(id, 'pause');
        await imports.transition(id, 'resume');
        expect(await jobsOf(id)).toBe(2);
        await imports.transition(id, 'pause');
        expect(await imports.start(id, randomUUID())).toBeUndefined();
        expect(await imports.endJob(id, job)).toBe('paused');
      });
      await storage.database.query('delete from meniscus_jobs.job where name = $1', [IMPORT_QUEUE]);
      expect(await imports.transition(id, 'resume')).toMatchObject({
        allowed: true,
        found: { state: 'queued' },
      });
      expect(await jobsOf(id)).toBe(1);
    });
  });
});
