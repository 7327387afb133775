import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CreditsRepository } from '../../src/records/credits.repository.js';
import { ImportRowsRepository, lineCreditId } from '../../src/records/import-rows.repository.js';
import { ImportChunksRepository, LeaseLost } from '../../src/records/import-chunks.repository.js';
import type { TakenImport } from '../../src/records/stored-import.js';
import { ImportsRepository } from '../../src/records/imports.repository.js';
import { type OpenDatabase, openDatabase } from '../../src/database/open-database.js';
import type { PreparedDatabase } from '../../src/database/prepare-database.js';
import { withBothDrivers } from './drivers.js';
import { allResults, claimOne, openRepositories } from './repositories.js';
import { keepEvents } from './kept-events.js';
import { CIPHER } from './cipher.js';

const NO_PROGRESS = { waitingFor: undefined, answerCounts: new Map() };
const REMAINING = { failed: '"failed"', credited: '"credited"', inDoubt: '{}' };

withBothDrivers((driver) => {
  describe('credits of lines, under the lease of their chunk', () => {
    let storage: PreparedDatabase;
    /** A second replica, if the driver allows one. */
    let secondReplica: OpenDatabase | undefined;
    let imports: ImportsRepository;
    let rows: ImportRowsRepository;
    let chunks: ImportChunksRepository;
    let credits: CreditsRepository;
    let importId: string;
    let slow: TakenImport;
    let next: TakenImport;

    beforeAll(async () => {
      const settings = await driver.create();
      ({ storage, imports, rows, chunks, credits } = await openRepositories(settings));
      if (driver.name === 'postgres') secondReplica = await openDatabase(settings, keepEvents());
    });

    afterAll(async () => {
      await secondReplica?.close();
      await storage?.close();
    });

    beforeEach(begin);

    /** An import of two chunks with one line each; the slow process holds the first one. */
    async function begin(): Promise<void> {
      importId = randomUUID();
      await imports.create({
        id: importId,
        principal: 'api-key:app',
        kind: 'enrollments',
        route: { source: 'INSTORE' },
        onInvalid: 'skip',
      });
      for (const number of [1, 2]) {
        const chunk = { number, lines: [number], payload: `[{"line":${number},"dto":{}}]` };
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await rows.store(importId, { chunk, invalid: [] });
      }
      await imports.accept(importId, 2);
      slow = await take();
      next = await take();
      await claim(slow);
    }

    async function take(): Promise<TakenImport> {
      const taken = await imports.start(importId, randomUUID());
      if (!taken) throw new Error('it was not taken');
      return taken;
    }

    async function claim(held: TakenImport): Promise<void> {
      const [chunk] = (await chunks.next(importId, 1)).chunks;
      if (!chunk) throw new Error('no chunk is free');
      expect(await claimOne(chunks, held, chunk, [])).toBe('claimed');
    }

    /** Lets the leases of all chunks end. */
    const letLeasesEnd = (): Promise<unknown> =>
      storage.database.query(
        `update meniscus.import_chunks set held_until = now() - interval '1 second' where import_id = $1`,
        [importId],
      );

    /** @returns the lines that may send their points */
    async function send(held: TakenImport, lines: readonly number[], through = credits): Promise<number[]> {
      const noted = await through.noteSent(
        randomUUID(),
        lines.map((line) => ({
          id: lineCreditId(importId, line),
          route: {},
          points: 5,
          payload: '{}',
          isKept: true,
          lease: { importId, number: line, holder: held.holder },
        })),
      );
      return lines.filter((line) => noted.has(lineCreditId(importId, line)));
    }

    const throughAnother = (): CreditsRepository =>
      new CreditsRepository(secondReplica?.database ?? storage.database, CIPHER);

    const state = async (line: number): Promise<string | undefined> =>
      (await credits.statesOf([lineCreditId(importId, line)])).get(lineCreditId(importId, line));

    const creditAndNote = async (held: TakenImport): Promise<void> => {
      expect(await send(held, [1])).toEqual([1]);
      const id = lineCreditId(importId, 1);
      await credits.noteFates([{ id, fate: 'credited' }]);
      await chunks.note(held, {
        number: 1,
        results: [{ line: 1, outcome: 'updated', result: '{}' }],
        chunk: 'done',
        credits: [id],
        calls: 1,
        sent: 1,
      });
    };

    const resultsOf = async (): Promise<string[]> =>
      (await allResults(rows, importId)).map(({ line, outcome }) => `${line} ${outcome}`);

    it('are sent once while their process holds the chunk', async () => {
      expect(await send(slow, [1])).toEqual([1]);
      expect(await send(slow, [1])).toEqual([]);
    });

    it('are sent after the lease ended too, if no process has claimed the chunk meanwhile', async () => {
      await letLeasesEnd();
      expect(await send(slow, [1])).toEqual([1]);
      await claim(next);
      expect(await state(1)).toBe('sent');
    });

    it('are not sent after another process has claimed the chunk', async () => {
      await letLeasesEnd();
      await claim(next);
      expect(await send(slow, [1])).toEqual([]);
      expect(await state(1)).toBeUndefined();
      expect(await send(next, [1])).toEqual([1]);
    });

    it('are not sent after another process has sent them, recorded the result and deleted the credit', async () => {
      await letLeasesEnd();
      await claim(next);
      await creditAndNote(next);
      expect(await state(1)).toBeUndefined();

      expect(await send(slow, [1])).toEqual([]);
      expect(await state(1)).toBeUndefined();
      const late = { line: 1, outcome: 'unknown', result: '{}' } as const;
      const noted = { number: 1, results: [late], chunk: 'done', credits: [], calls: 0, sent: 1 } as const;
      await expect(chunks.note(slow, noted)).rejects.toThrow(LeaseLost);
      expect(await resultsOf()).toEqual(['1 updated']);
    });

    it('are not sent again between two attempts after another process has claimed the chunk', async () => {
      await send(slow, [1]);
      await credits.noteFates([{ id: lineCreditId(importId, 1), fate: 'not-credited' }]);
      await letLeasesEnd();
      await claim(next);
      expect(await send(slow, [1])).toEqual([]);
      expect(await send(next, [1])).toEqual([1]);
    });

    it('are not sent after their line was recorded as failed because of a cancel', async () => {
      await letLeasesEnd();
      await imports.transition(importId, 'cancel');
      await chunks.failRemainingLines(importId, REMAINING);
      expect(await resultsOf()).toEqual(['1 failed', '2 failed']);
      expect(await send(slow, [1])).toEqual([]);
      expect(await state(1)).toBeUndefined();
    });

    it('are left out of a call that sends the credits of chunks still held', async () => {
      await claim(slow); // the second chunk
      await storage.database.query(
        `update meniscus.import_chunks set held_until = now() - interval '1 second'
         where import_id = $1 and number = 1`,
        [importId],
      );
      await claim(next);
      expect(await send(slow, [1, 2])).toEqual([2]);
    });

    it('wait for a process that is claiming the chunk', async () => {
      const other = throughAnother();
      const [claimed, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const claiming = storage.database.transaction(async (tx) => {
        await tx.query('update meniscus.import_chunks set holder = $2 where import_id = $1 and number = 1', [
          importId,
          next.holder,
        ]);
        claimed.resolve();
        await end.promise;
      });
      await claimed.promise;
      const sent = send(slow, [1], other);
      await new Promise((resolve) => setTimeout(resolve, 100));
      end.resolve();
      await claiming;
      expect(await sent).toEqual([]);
    });

    it('are sent or recorded as failed, never both, if both happen at the same time', async () => {
      const other = throughAnother();
      const both: string[] = [];
      for (let round = 0; round < 60; round += 1) {
        // oxlint-disable-next-line no-await-in-loop -- one round after the other
        await begin();
        // oxlint-disable-next-line no-await-in-loop -- as above
        await letLeasesEnd();
        // oxlint-disable-next-line no-await-in-loop -- as above
        await imports.transition(importId, 'cancel');
        // oxlint-disable-next-line no-await-in-loop -- as above
        const [left] = await Promise.all([
          send(slow, [1], other),
          chunks.failRemainingLines(importId, REMAINING),
        ]);
        // oxlint-disable-next-line no-await-in-loop -- as above
        const results = await resultsOf();
        if (left.includes(1) && results.includes('1 failed')) both.push(importId);
      }
      expect(both).toEqual([]);
    });

    it('are not in a chunk that was read before some of its lines got results', async () => {
      await letLeasesEnd();
      const [chunk] = (await chunks.next(importId, 1)).chunks;
      if (!chunk) throw new Error('no chunk is free');
      await chunks.note(slow, {
        number: 1,
        results: [{ line: 1, outcome: 'updated', result: '{}' }],
        chunk: 'held',
        credits: [lineCreditId(importId, 1)],
        calls: 1,
        sent: 1,
      });
      expect(await claimOne(chunks, next, chunk, [])).toBe('taken');
      expect((await chunks.next(importId, 1)).chunks[0]?.items).toEqual([]);
    });

    it.each([
      ['noted', 'no key update', () => send(slow, [2, 1], throughAnother())],
      ['kept', 'share', () => chunks.keep(slow, NO_PROGRESS)],
    ] as const)('lock chunks in the order of their numbers when they are %s', async (_when, lock, start) => {
      await claim(slow);
      const lockChunk = (number: number): string =>
        `select from meniscus.import_chunks where import_id = $1 and number = ${number} for ${lock} nowait`;
      const [locked, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const locking = storage.database.transaction(async (tx) => {
        await tx.query(lockChunk(1), [importId]);
        locked.resolve();
        await goOn.promise;
        await tx.query(lockChunk(2), [importId]); // else each of the two would wait for the other
      });
      await locked.promise;
      const started = start();
      await new Promise((resolve) => setTimeout(resolve, 200));
      goOn.resolve();
      await expect(Promise.all([locking, started])).resolves.toHaveLength(2);
    });
  });
});
