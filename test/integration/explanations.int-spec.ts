import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Settings } from '../../src/config/settings.js';
import { type PreparedDatabase, prepareDatabase } from '../../src/database/prepare-database.js';
import { type ExplanationRow, ExplanationsRepository } from '../../src/records/explanations.repository.js';
import { withBothDrivers } from './drivers.js';
import { keepEvents } from './kept-events.js';

const aRow = (others: Partial<ExplanationRow> = {}): ExplanationRow => ({
  submittedAt: new Date(),
  principal: 'api-key:app',
  outcome: 'updated',
  updateIds: [randomUUID()],
  foundBy: ['order-1'],
  explanation: '{"steps":[{"event":"settled","because":"it\'s \\"so\\""}]}',
  ...others,
});

withBothDrivers((driver) => {
  describe(ExplanationsRepository.name, () => {
    let storage: PreparedDatabase;
    const over = (settings: Partial<Settings> = {}): ExplanationsRepository =>
      new ExplanationsRepository(storage.database, Object.assign(new Settings(), settings));
    const find = (id: string, owner?: string): Promise<ExplanationRow[]> =>
      over().find(id, { owner, limit: 10 });

    beforeAll(async () => {
      storage = await prepareDatabase(await driver.create(), keepEvents());
    });

    afterAll(async () => storage?.close());

    beforeEach(async () => {
      await storage.database.query('delete from meniscus.explanations');
    });

    it('finds a row by each of its ids, and returns it as it was stored', async () => {
      const row = aRow({ updateIds: ['u-1', 'u-2'], foundBy: ['request', 'call', 'id, with {odd} "text"'] });
      await over().store([row, aRow()]);
      for (const id of [...row.updateIds, ...row.foundBy]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        expect(await find(id)).toEqual([row]);
      }
      expect(await find('another')).toEqual([]);
    });

    it('finds and lists only rows of the owner, with the outcome, the latest first', async () => {
      const ours = aRow({ outcome: 'failed' });
      const theirs = aRow({ principal: 'api-key:other' });
      const none = aRow({ principal: null });
      await over().store([ours]);
      await over().store([theirs, none]);
      expect(await find('order-1')).toEqual([none, theirs, ours]);
      expect(await find('order-1', 'api-key:app')).toEqual([ours]);
      expect(await find('order-1', 'api-key:unknown')).toEqual([]);
      expect(await over().latest({ owner: undefined, limit: 2 })).toEqual([none, theirs]);
      expect(await over().latest({ owner: 'api-key:app', limit: 10 })).toEqual([ours]);
      expect(await over().latest({ owner: undefined, outcome: 'failed', limit: 10 })).toEqual([ours]);
      expect(await over().find('order-1', { owner: undefined, outcome: 'updated', limit: 1 })).toEqual([
        none,
      ]);
    });

    it('neither finds nor lists expired rows, and removes them', async () => {
      const old = aRow({ submittedAt: new Date(Date.now() - 60_000), updateIds: ['old'] });
      const fresh = aRow();
      await over().store([old, fresh]);
      const shortly = over({ EXPLANATION_RETENTION_MS: 30_000 });
      expect(await shortly.find('old', { owner: undefined, limit: 10 })).toEqual([]);
      expect(await shortly.latest({ owner: undefined, limit: 10 })).toEqual([fresh]);
      expect(await shortly.removeDue()).toEqual({ removed: 1, areMoreDue: false });
      expect(await over().latest({ owner: undefined, limit: 10 })).toEqual([fresh]);
    });

    it('removes the oldest rows beyond the bound', async () => {
      const rows = Array.from({ length: 150 }, (_, number) => aRow({ updateIds: [`u-${number}`] }));
      await over().store(rows);
      expect(await over({ EXPLANATION_MAX_ROWS: 100 }).removeDue()).toEqual({
        removed: 50,
        areMoreDue: false,
      });
      expect(await find('u-49')).toEqual([]);
      expect(await find('u-50')).toEqual([rows[50]]);
    });

    it('removes many rows in several statements', async () => {
      for (let batch = 0; batch < 6; batch += 1) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await over().store(Array.from({ length: 1000 }, () => aRow()));
      }
      const repository = over({ EXPLANATION_MAX_ROWS: 100 });
      expect(await repository.removeDue()).toEqual({ removed: 5000, areMoreDue: true });
      expect(await repository.removeDue()).toEqual({ removed: 900, areMoreDue: false });
    });
  });
});
