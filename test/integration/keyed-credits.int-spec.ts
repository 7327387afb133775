import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Settings } from '../../src/config/settings.js';
import { CreditsRepository, type NewCredit } from '../../src/records/credits.repository.js';
import type { Database } from '../../src/database/database.js';
import { IdempotencyRepository } from '../../src/records/idempotency.repository.js';
import type { Reserved } from '../../src/records/idempotency-record.js';
import type { OpenDatabase } from '../../src/database/open-database.js';
import { withBothDrivers, openReplicas } from './drivers.js';
import { CIPHER } from './cipher.js';

const FINGERPRINT = createHash('sha256').update('a').digest();
const ANSWER = { status: 200, headers: {}, body: '{}' };
const RECORD = { principal: 'key-1', endpoint: 'POST /v1/loyalty/enrollments' };
const LEASE_MS = 60_000;

type Lease = Extract<Reserved, { kind: 'reserved' }>;

withBothDrivers((driver) => {
  describe('a credit under the lease of a key', () => {
    let opened: OpenDatabase[] = [];
    let database: Database;
    let records: IdempotencyRepository;
    let credits: CreditsRepository;
    let key: string;
    let creditId: string;

    beforeAll(async () => {
      const replicas = await openReplicas(driver);
      opened = replicas;
      ({ database } = replicas[0]);
      records = new IdempotencyRepository(database, new Settings(), CIPHER);
      credits = new CreditsRepository(database, CIPHER);
    });

    afterAll(async () => Promise.all(opened.map((one) => one.close())));

    beforeEach(() => {
      key = randomUUID();
      creditId = `key:${key}`;
    });

    const reserve = (from = records): Promise<Reserved> =>
      from.reserve(
        { ...RECORD, key },
        { fingerprint: FINGERPRINT, leaseMs: LEASE_MS, creditIds: [creditId] },
      );
    const lease = async (): Promise<Lease> => {
      const got = await reserve();
      if (got.kind !== 'reserved') throw new Error(`it is ${got.kind}`);
      return got;
    };
    /** Moves all times of the record into the past, so that its lease has ended. */
    const age = (ms = LEASE_MS + 1): Promise<unknown> =>
      database.query(
        `update meniscus.idempotency_records set lease_until = lease_until - $2::float8 * interval '1 ms',
           expires_at = expires_at - $2::float8 * interval '1 ms',
           created_at = created_at - $2::float8 * interval '1 ms' where key = $1`,
        [key, ms],
      );
    const send = async (
      under: Lease,
      change: Partial<NewCredit> = {},
      through = credits,
      callId = randomUUID(),
    ): Promise<boolean> => {
      const credit = { route: { source: 'INSTORE' }, points: 75, payload: '{}', isKept: true, ...change };
      const noted = await through.noteSent(callId, [{ id: creditId, lease: under.leaseToken, ...credit }]);
      return noted.has(creditId);
    };
    const note = (fate: 'credited' | 'not-credited' | 'unknown'): Promise<unknown> =>
      credits.noteFates([{ id: creditId, fate }]);
    const state = async (): Promise<string | undefined> => (await credits.statesOf([creditId])).get(creditId);
    const takeOver = async (): Promise<string | undefined> =>
      (await credits.takeOver([creditId])).get(creditId);

    it('is not sent by a slow process after another has taken over, sent it and deleted it', async () => {
      const slow = await lease();
      await age();
      const next = await lease();
      expect(next.isTakenOver).toBe(true);
      expect(await takeOver()).toBeUndefined();
      expect(await send(next)).toBe(true);
      await note('credited');
      expect(await records.finish(next, ANSWER)).toBe(true);
      expect(await state()).toBeUndefined();

      expect(await send(slow)).toBe(false);
      expect(await state()).toBeUndefined();
    });

    it('is not sent again by a slow process between two attempts if another holds the record', async () => {
      const slow = await lease();
      await send(slow);
      await note('not-credited');
      await age();
      const next = await lease();
      expect(await send(slow)).toBe(false);
      expect(await takeOver()).toBe('not-credited');
      expect(await send(next)).toBe(true);
    });

    it('is unknown and listed after a takeover while it was being sent, until the late answer arrives', async () => {
      const slow = await lease();
      await send(slow);
      await age();
      const next = await lease();
      expect(await takeOver()).toBe('unknown');
      expect(await credits.find(creditId)).toMatchObject({ state: 'unknown', reason: 'process-ended' });
      expect([await send(next), await send(slow)]).toEqual([false, false]);
      await records.finish(next, ANSWER);
      expect(await state()).toBe('unknown');

      await note('credited');
      expect(await credits.find(creditId)).toMatchObject({ state: 'resolved', resolution: 'applied' });
    });

    it('is not changed by a fate of an earlier call that is recorded late', async () => {
      const held = await lease();
      const [first, second] = [randomUUID(), randomUUID()];
      await send(held, {}, credits, first);
      const refused = { id: creditId, fate: 'not-credited', callId: first } as const;
      await credits.noteFates([refused]);
      expect(await send(held, {}, credits, second)).toBe(true);
      await credits.noteFates([refused]);
      expect(await state()).toBe('sent');
      await credits.noteFates([{ id: creditId, fate: 'credited', callId: second }]);
      expect(await state()).toBe('credited');
    });

    it.each([
      ['not-applied', 'credited'],
      ['applied', 'not-credited'],
    ] as const)(
      'that a person resolved as %s stays so if it was %s, and shows what the vendor answered',
      async (resolution, fate) => {
        await send(await lease());
        await takeOver();
        if (resolution === 'applied') await credits.confirm(creditId, 'it seemed so');
        else await credits.release(creditId, 'it seemed so', randomUUID());
        const late = { id: creditId, fate, upstreamRequestId: 'r-1' };
        expect(await credits.noteFates([late])).toEqual([late]);
        expect(await credits.find(creditId)).toMatchObject({
          state: 'resolved',
          resolution,
          note: 'it seemed so',
          reason: `vendor-${fate}`,
          upstreamRequestId: 'r-1',
        });
        expect(await credits.noteFates([late])).toEqual([]);
      },
    );

    it('keeps the answer of a takeover if a person has resolved the credit, else its late answer replaces it', async () => {
      const doubt = { ...ANSWER, body: '"in doubt"' };
      const known = { ...ANSWER, body: '"known"' };
      const revise = (fingerprint = FINGERPRINT): Promise<void> =>
        records.revise({ ...RECORD, key }, fingerprint, ({ body }) =>
          body === doubt.body ? known : undefined,
        );
      await send(await lease());
      await age();
      const next = await lease();
      await takeOver();
      await revise();
      await records.finish(next, doubt);
      await revise(Buffer.from('of another request'));
      expect(await reserve()).toEqual({ kind: 'replay', answer: doubt });

      await note('credited');
      await revise();
      expect(await reserve()).toEqual({ kind: 'replay', answer: known });

      key = randomUUID();
      creditId = `key:${key}`;
      await send(await lease());
      await age();
      const other = await lease();
      await takeOver();
      await records.finish(other, doubt);
      await credits.confirm(creditId, 'seen in the ledger');
      await revise();
      expect(await reserve()).toEqual({ kind: 'replay', answer: doubt });
    });

    it('is sent once if its process continues at the moment another one takes over', async () => {
      const other = opened.at(-1)?.database ?? database;
      const others = { records: new IdempotencyRepository(other, new Settings(), CIPHER) };
      const left: boolean[][] = [];
      for (let round = 0; round < 60; round += 1) {
        key = randomUUID();
        creditId = `key:${key}`;
        // oxlint-disable-next-line no-await-in-loop -- they share one variable
        const slow = await lease();
        // oxlint-disable-next-line no-await-in-loop -- likewise
        await age();
        const takingOver = async (): Promise<boolean> => {
          const next = await reserve(others.records);
          if (next.kind !== 'reserved') throw new Error(`it is ${next.kind}`);
          const isSent = await send(next, {}, new CreditsRepository(other, CIPHER));
          if (isSent) await note('credited');
          await others.records.finish(next, ANSWER);
          return isSent;
        };
        const pair = round % 2 === 0 ? [send(slow), takingOver()] : [takingOver(), send(slow)];
        // oxlint-disable-next-line no-await-in-loop -- one pair after the other
        left.push(await Promise.all(pair));
      }
      expect(left.map((pair) => pair.filter(Boolean).length)).toEqual(Array(60).fill(1));
    });

    it('waits for a process that is taking the record over', async () => {
      const slow = await lease();
      const other = new CreditsRepository(opened.at(-1)?.database ?? database, CIPHER);
      const [taken, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const takingOver = database.transaction(async (tx) => {
        await tx.query(
          'update meniscus.idempotency_records set lease_token = gen_random_uuid() where key = $1',
          [key],
        );
        taken.resolve();
        await end.promise;
      });
      await taken.promise;
      const isSent = send(slow, {}, other);
      await new Promise((resolve) => setTimeout(resolve, 100));
      end.resolve();
      await takingOver;
      expect(await isSent).toBe(false);
    });

    it('goes to one of many concurrent takeovers', async () => {
      await lease();
      await age();
      const asked = await Promise.all(Array.from({ length: 20 }, () => reserve()));
      expect(asked.filter(({ kind }) => kind === 'reserved')).toHaveLength(1);
      expect(asked.filter(({ kind }) => kind === 'running')).toHaveLength(19);
    });

    it('is kept as credited until the holder of the lease stores the answer', async () => {
      const slow = await lease();
      await send(slow);
      await note('credited');
      await age();
      const next = await lease();
      expect(await records.finish(slow, ANSWER)).toBe(false);
      expect(await takeOver()).toBe('credited');
      expect(await send(next)).toBe(false);
      await records.finish(next, ANSWER);
      expect(await state()).toBeUndefined();
    });

    it('is deleted with a partial answer that reports it', async () => {
      const held = await lease();
      await send(held);
      await note('credited');
      await records.finishInPart(held, ANSWER);
      expect(await state()).toBeUndefined();
    });

    it('is deleted with a key that is released after a failure, and the key is free for another request', async () => {
      const held = await lease();
      await send(held);
      await note('not-credited');
      expect(await records.release(held.leaseToken)).toBe(true);
      expect(await state()).toBeUndefined();
      expect(await lease()).toMatchObject({ isTakenOver: false });
    });

    it.each(['credited', 'unknown'] as const)('keeps its record if it is %s', async (fate) => {
      const held = await lease();
      await send(held);
      await note(fate);
      expect(await records.release(held.leaseToken)).toBe(true);
      expect(await state()).toBe(fate);
      expect(await lease()).toMatchObject({ isTakenOver: true });
    });

    it('is recorded with the latest content that is sent', async () => {
      const held = await lease();
      await send(held, { points: 75, payload: '{"a":1}' });
      await note('not-credited');
      await send(held, { points: 80, payload: '{"a":2}', route: { source: 'WECHAT' } });
      await note('unknown');
      expect(await credits.find(creditId)).toMatchObject({
        points: 80,
        payload: '{"a":2}',
        route: { source: 'WECHAT' },
      });
    });

    it.each([
      ['credited', undefined],
      ['not-credited', undefined],
      ['unknown', 'unknown'],
    ] as const)('that is %s becomes %s when its record expires', async (fate, left) => {
      await send(await lease());
      await note(fate);
      await age(86_400_001);
      expect(await records.removeExpired(1000)).toBeGreaterThan(0);
      expect(await state()).toBe(left);
    });
  });
});
