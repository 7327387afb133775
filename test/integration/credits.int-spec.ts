import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreditsRepository, type NewCredit } from '../../src/records/credits.repository.js';
import { type OpenDatabase, openDatabase } from '../../src/database/open-database.js';
import { withBothDrivers } from './drivers.js';
import { keepEvents } from './kept-events.js';
import { CIPHER } from './cipher.js';

const aCredit = (change: Partial<NewCredit> = {}): NewCredit => ({
  id: randomUUID(),
  route: { source: 'INSTORE' },
  points: 75,
  payload: '{"customer":["mobile:919900000001"]}',
  isKept: false,
  ...change,
});

withBothDrivers((driver) => {
  describe(CreditsRepository.name, () => {
    let opened: OpenDatabase;
    let credits: CreditsRepository;

    beforeAll(async () => {
      opened = await openDatabase(await driver.create(), keepEvents());
      credits = new CreditsRepository(opened.database, CIPHER);
    });

    afterAll(async () => opened?.close());

    const send = async (credit: NewCredit): Promise<boolean> =>
      (await credits.noteSent(randomUUID(), [credit])).has(credit.id);
    const inDoubt = async (change: Partial<NewCredit> = {}): Promise<NewCredit> => {
      const credit = aCredit(change);
      await send(credit);
      await credits.noteFates([{ id: credit.id, fate: 'unknown', reason: 'connection-lost' }]);
      return credit;
    };

    it('sends a credit once, and again only after it was certainly not credited', async () => {
      const credit = aCredit({ isKept: true });
      expect(await send(credit)).toBe(true);
      expect(await send(credit)).toBe(false);
      await credits.noteFates([{ id: credit.id, fate: 'not-credited' }]);
      expect(await send(credit)).toBe(true);
      await credits.noteFates([{ id: credit.id, fate: 'credited' }]);
      expect(await send(credit)).toBe(false);
      expect(await credits.statesOf([credit.id])).toEqual(new Map([[credit.id, 'credited']]));
      await credits.forget([credit.id]);
      expect(await credits.statesOf([credit.id])).toEqual(new Map());
    });

    it('lets one of two concurrent calls send the same credit', async () => {
      const credit = aCredit();
      const sent = await Promise.all(Array.from({ length: 20 }, () => send(credit)));
      expect(sent.filter(Boolean)).toHaveLength(1);
    });

    it.each(['credited', 'not-credited'] as const)(
      'deletes a credit that is certainly %s and not kept',
      async (fate) => {
        const credit = aCredit();
        await send(credit);
        await credits.noteFates([{ id: credit.id, fate }]);
        expect(await credits.statesOf([credit.id])).toEqual(new Map());
      },
    );

    it('accepts millions of points', async () => {
      const credit = await inDoubt({ points: 5_000_000_000 });
      expect(await credits.find(credit.id)).toMatchObject({ points: 5_000_000_000 });
    });

    it('lists unknown credits, oldest first, page by page', async () => {
      const made: string[] = [];
      for (let each = 0; each < 5; each += 1) made.push((await inDoubt()).id);
      const listed: string[] = [];
      let after: string | undefined;
      do {
        const page = await credits.list({ state: 'unknown', limit: 2, after });
        listed.push(...page.map(({ id }) => id));
        after = page.at(-1)?.id;
      } while (after !== undefined);
      expect(listed.filter((id) => made.includes(id))).toEqual(made);
      expect(new Set(listed).size).toBe(listed.length);
    });

    it('lists the credits of one principal, who stays the owner of a credit that is sent again', async () => {
      const mine = await inDoubt({ principal: 'api-key:mine' });
      const other = await inDoubt({ principal: 'api-key:other' });
      const newId = randomUUID();
      await credits.release(mine.id, 'missing', newId);
      await credits.reopen(newId, 'deadline-passed');
      const query = { state: 'unknown', limit: 200, principal: 'api-key:mine' } as const;
      expect((await credits.list(query)).map(({ id }) => id)).toEqual([newId]);
      expect(await credits.list({ ...query, after: other.id })).toEqual([]);
      expect(await credits.find(newId)).toMatchObject({ principal: 'api-key:mine' });
    });

    it('is resolved by a late answer', async () => {
      const credit = await inDoubt();
      await credits.noteFates([{ id: credit.id, fate: 'credited', upstreamRequestId: 'call-1' }]);
      expect(await credits.find(credit.id)).toMatchObject({
        state: 'resolved',
        resolution: 'applied',
        upstreamRequestId: 'call-1',
      });
    });

    it('is confirmed once, which deletes its payload', async () => {
      const credit = await inDoubt();
      const confirmed = await Promise.all([1, 2, 3].map(() => credits.confirm(credit.id, 'seen')));
      expect(confirmed.filter(Boolean)).toHaveLength(1);
      expect(await credits.find(credit.id)).toMatchObject({ state: 'resolved', note: 'seen', payload: null });
    });

    it('is released once, under an id that can be sent once', async () => {
      const credit = await inDoubt();
      const ids = [1, 2, 3].map(() => randomUUID());
      const released = await Promise.all(ids.map((id) => credits.release(credit.id, 'missing', id)));
      expect(released.filter(Boolean)).toEqual([{ payload: credit.payload }]);
      const newId = ids[released.findIndex(Boolean)] ?? '';
      expect(await credits.find(credit.id)).toMatchObject({ resolution: 'not-applied', resentAs: newId });
      const again = { ...credit, id: newId, isKept: true };
      expect([await send(again), await send(again)]).toEqual([true, false]);
    });

    it('lists a credit again after its second sending failed', async () => {
      const credit = await inDoubt();
      const newId = randomUUID();
      await credits.release(credit.id, 'missing', newId);
      await credits.reopen(newId, 'deadline-passed');
      expect(await credits.find(newId)).toMatchObject({ state: 'unknown', reason: 'deadline-passed' });
    });

    it('makes credits unknown that were sent for too long, except those that this process is sending', async () => {
      const credit = aCredit();
      await send(credit);
      expect(await credits.takeForUnknown(60_000)).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await credits.takeForUnknown(10, [credit.id]);
      expect(await credits.statesOf([credit.id])).toEqual(new Map([[credit.id, 'sent']]));
      expect(await credits.takeForUnknown(10)).toBeGreaterThan(0);
      expect(await credits.find(credit.id)).toMatchObject({ state: 'unknown', reason: 'process-ended' });
    });
  });
});
