import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImportRowsRepository, type LineResult } from '../../src/records/import-rows.repository.js';
import { ImportChunksRepository } from '../../src/records/import-chunks.repository.js';
import { ImportsRepository } from '../../src/records/imports.repository.js';
import type { PreparedDatabase } from '../../src/database/prepare-database.js';
import { type Counted, PointsOfDayRepository } from '../../src/records/points-of-day.repository.js';
import { withBothDrivers } from './drivers.js';
import { claimOne, openRepositories } from './repositories.js';

const result = (line: number, outcome: LineResult['outcome']): LineResult => ({
  line,
  outcome,
  result: '{}',
});

const dayOf = (one: Counted): string => (one.kind === 'counted' ? one.day : '');
const kindsOf = (all: readonly Counted[]): string[] => all.map(({ kind }) => kind).toSorted();
const chunk = (number: number, lines: number[], points: number[]) => ({
  chunk: { number, lines, points, payload: JSON.stringify(lines.map((line) => ({ line, dto: {} }))) },
  invalid: [],
});

withBothDrivers((driver) => {
  describe(PointsOfDayRepository.name, () => {
    let storage: PreparedDatabase;
    let counted: PointsOfDayRepository;
    let imports: ImportsRepository;
    let rows: ImportRowsRepository;
    let chunks: ImportChunksRepository;

    beforeAll(async () => {
      ({ storage, imports, rows, chunks } = await openRepositories(await driver.create()));
      counted = new PointsOfDayRepository(storage.database);
    });

    afterAll(async () => storage?.close());

    /** Returns how many of 1,000 points the principal has left. */
    async function left(principal: string): Promise<number> {
      const beyond = await counted.count(principal, 1001, 1000);
      return beyond.kind === 'beyond' ? beyond.left : -1;
    }

    /** Lines 1 to 3 count 100, 200 and 300 points, line 4 none; lines 5 and 6, in the second chunk, count 10 each. */
    async function anImport(principal: string): Promise<string> {
      const id = randomUUID();
      await imports.create({
        id,
        principal,
        kind: 'enrollments',
        route: { source: 'INSTORE' },
        onInvalid: 'skip',
      });
      await rows.store(id, chunk(1, [1, 2, 3, 4], [100, 200, 300, 0]));
      await rows.store(id, chunk(2, [5, 6], [10, 10]));
      await imports.accept(id, 6, async (tx) => {
        await imports.countOn(tx, id, dayOf(await counted.count(principal, 620, 1000, tx)));
      });
      return id;
    }

    it('counts up to the limit and not beyond, and returns what is left and when the day ends', async () => {
      const id = randomUUID();
      expect((await counted.count(id, 600, 1000)).kind).toBe('counted');
      const beyond = await counted.count(id, 401, 1000);
      expect(beyond).toEqual({ kind: 'beyond', left: 400, dayEndsAt: expect.any(Date) });
      const { dayEndsAt } = beyond as Extract<Counted, { kind: 'beyond' }>;
      expect(dayEndsAt.toISOString()).toMatch(/T00:00:00.000Z$/);
      expect(dayEndsAt.getTime() - Date.now()).toBeLessThanOrEqual(86_400_000);
      expect((await counted.count(id, 400, 1000)).kind).toBe('counted');
      expect(await left(id)).toBe(0);
      expect(await left(randomUUID())).toBe(1000);
    });

    it('accepts one of two concurrent requests at the edge of the limit', async () => {
      const id = randomUUID();
      const first = await Promise.all([counted.count(id, 600, 1000), counted.count(id, 600, 1000)]);
      expect(kindsOf(first)).toEqual(['beyond', 'counted']);
      const many = await Promise.all(Array.from({ length: 20 }, () => counted.count(id, 100, 1000)));
      expect(many.filter(({ kind }) => kind === 'counted')).toHaveLength(4);
    });

    it('subtracts points that are given back, and never more than were counted', async () => {
      const id = randomUUID();
      const day = dayOf(await counted.count(id, 1000, 1000));
      await counted.giveBack(id, day, 300);
      expect(await left(id)).toBe(300);
      await counted.giveBack(id, day, 5000);
      expect(await left(id)).toBe(1000);
    });

    it('starts from zero on the next day, and subtracts nothing for the day before', async () => {
      const id = randomUUID();
      await counted.count(id, 1000, 1000);
      await storage.database.query(`update meniscus.points_of_day set day = day - 1 where principal = $1`, [
        id,
      ]);
      expect(await left(id)).toBe(1000);
      const today = dayOf(await counted.count(id, 700, 1000));
      expect(today).toMatch(/^\d{4}-\d\d-\d\d$/);
      await counted.giveBack(id, '2020-01-01', 700);
      expect(await left(id)).toBe(300);
      const { rowCount } = await storage.database.query(
        'select from meniscus.points_of_day where principal = $1',
        [id],
      );
      expect(rowCount).toBe(1);
    });

    it('refuses infinitely many points, and counts up to the largest integer', async () => {
      const id = randomUUID();
      expect((await counted.count(id, 1e20, 1e300)).kind).toBe('beyond');
      expect((await counted.count(id, 5_000_000_000, 1e300)).kind).toBe('counted');
      expect((await counted.count(id, 1, 5_000_000_000.5)).kind).toBe('beyond');
    });

    describe('of an import', () => {
      it('are given back for lines that end rejected or failed', async () => {
        const principal = randomUUID();
        const id = await anImport(principal);
        const taken = await imports.start(id, randomUUID());
        if (!taken) throw new Error('it can be taken');
        await claimOne(chunks, taken, { number: 1, revision: 0 }, []);
        await chunks.note(taken, {
          number: 1,
          results: [result(1, 'updated'), result(2, 'rejected')],
          chunk: 'held',
          credits: [],
          calls: 1,
          sent: 2,
        });
        expect(await left(principal)).toBe(380 + 200);
        await chunks.note(taken, {
          number: 1,
          results: [result(3, 'failed'), result(4, 'unknown')],
          chunk: 'done',
          credits: [],
          calls: 1,
          sent: 2,
        });
        expect(await left(principal)).toBe(380 + 500);
      });

      it('are given back once for lines that were never sent', async () => {
        const principal = randomUUID();
        const id = await anImport(principal);
        const taken = await imports.start(id, randomUUID());
        if (!taken) throw new Error('it can be taken');
        await claimOne(chunks, taken, { number: 1, revision: 0 }, []);
        await chunks.note(taken, {
          number: 1,
          results: [result(1, 'updated'), result(2, 'failed')],
          chunk: 'released',
          credits: [],
          calls: 1,
          sent: 2,
        });
        await chunks.failRemainingLines(id, { failed: '{}', credited: '{}', inDoubt: '{}' });
        await chunks.failRemainingLines(id, { failed: '{}', credited: '{}', inDoubt: '{}' });
        expect(await left(principal)).toBe(900);
      });

      it('are not given back after their day is over', async () => {
        const principal = randomUUID();
        const id = await anImport(principal);
        await storage.database.query(
          'update meniscus.imports set points_day = points_day - 1 where id = $1',
          [id],
        );
        await chunks.failRemainingLines(id, { failed: '{}', credited: '{}', inDoubt: '{}' });
        expect(await left(principal)).toBe(380);
      });

      it('are not counted if the import is not accepted', async () => {
        const principal = randomUUID();
        const id = randomUUID();
        await imports.create({
          id,
          principal,
          kind: 'enrollments',
          route: { source: 'INSTORE' },
          onInvalid: 'skip',
        });
        const accepted = imports.accept(id, 1, async (tx) => {
          await counted.count(principal, 620, 1000, tx);
          throw new Error('another request has the key');
        });
        await expect(accepted).rejects.toThrow('another request');
        expect(await left(principal)).toBe(1000);
      });
    });
  });
});
