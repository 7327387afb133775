import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Settings } from '../../src/config/settings.js';
import type { Database } from '../../src/database/database.js';
import { DatabaseUnavailable } from '../../src/database/database-errors.js';
import { IdempotencyRepository } from '../../src/records/idempotency.repository.js';
import type {
  HeldKey,
  RecordKey,
  Reservation,
  Reserved,
  StoredAnswer,
} from '../../src/records/idempotency-record.js';
import type { OpenDatabase } from '../../src/database/open-database.js';
import { withBothDrivers, openReplicas } from './drivers.js';
import { CIPHER } from './cipher.js';

const fingerprint = (body: string): Buffer => createHash('sha256').update(body).digest();

const ANSWER: StoredAnswer = {
  status: 207,
  headers: { 'content-type': 'application/json', etag: '"ä"' },
  body: '{"name":"Zoë 🦦"}',
};

withBothDrivers((driver) => {
  describe(IdempotencyRepository.name, () => {
    let opened: OpenDatabase[] = [];
    let database: Database;
    let repository: IdempotencyRepository;
    let key: RecordKey;

    beforeAll(async () => {
      const replicas = await openReplicas(driver);
      opened = replicas;
      ({ database } = replicas[0]);
      repository = new IdempotencyRepository(database, new Settings(), CIPHER);
    });

    afterAll(async () => Promise.all(opened.map((one) => one.close())));

    const aKey = (): RecordKey =>
      (key = { principal: 'key-1', endpoint: 'PATCH /v1/customers', key: randomUUID() });
    const reserve = (change: Partial<Reservation> = {}): Promise<Reserved> =>
      repository.reserve(key, {
        fingerprint: fingerprint('a'),
        leaseMs: 60_000,
        creditIds: [],
        ...change,
      });
    const POINTS = { creditIds: ['c1', 'c2'] };
    const reserved = async (change: Partial<Reservation> = {}): Promise<string> => {
      const got = await reserve(change);
      if (got.kind !== 'reserved') throw new Error(`it is ${got.kind}`);
      return got.leaseToken;
    };
    /** Reserves the current record. */
    const underLease = (leaseToken: string): HeldKey => ({ record: key, leaseToken });
    /** Moves all times of the record into the past. */
    const age = (ms: number): Promise<unknown> =>
      database.query(
        `update meniscus.idempotency_records set lease_until = lease_until - $2::float8 * interval '1 ms',
           expires_at = expires_at - $2::float8 * interval '1 ms',
           created_at = created_at - $2::float8 * interval '1 ms' where key = $1`,
        [key.key, ms],
      );

    it('gives a key to the first request, and returns the remaining lease to the second', async () => {
      aKey();
      await reserved();
      const second = await reserve();
      expect(second).toEqual({ kind: 'running', retryAfterMs: expect.any(Number) });
      expect((second as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(50_000);
      expect((second as { retryAfterMs: number }).retryAfterMs).toBeLessThanOrEqual(60_000);
    });

    it('is scoped to its principal and its endpoint', async () => {
      const own = aKey();
      await reserved();
      for (const other of [
        { ...own, principal: 'key-2' },
        { ...own, endpoint: 'POST /v1/customers/batch' },
      ]) {
        key = other;
        // oxlint-disable-next-line no-await-in-loop -- they share one variable
        expect((await reserve()).kind).toBe('reserved');
      }
    });

    it('replays the answer byte by byte', async () => {
      aKey();
      const leaseToken = await reserved();
      expect(await repository.finish(underLease(leaseToken), ANSWER)).toBe(true);
      expect(await reserve()).toEqual({ kind: 'replay', answer: ANSWER });
      expect(await reserve({ creditIds: ['c1'] })).toEqual({ kind: 'replay', answer: ANSWER });
    });

    it('is a conflict with another body, whether running, abandoned or final', async () => {
      aKey();
      const other = { fingerprint: fingerprint('b') };
      const leaseToken = await reserved();
      expect(await reserve(other)).toEqual({ kind: 'conflict' });
      await age(61_000);
      expect(await reserve(other)).toEqual({ kind: 'conflict' });
      await repository.finish(underLease(leaseToken), ANSWER);
      expect(await reserve(other)).toEqual({ kind: 'conflict' });
    });

    it.each(['any', 'own'] as const)('stays after its time if its lease is protected: %s', async (which) => {
      aKey();
      const leaseToken = await reserved();
      await age(61_000);
      const protectedLease = which === 'any' ? 'any' : { token: leaseToken };
      expect((await reserve({ protectedLease })).kind).toBe('running');
      expect(await repository.finish(underLease(leaseToken), ANSWER)).toBe(true);

      aKey();
      await reserved();
      await age(61_000);
      const another = { protectedLease: { token: leaseToken } };
      expect(await reserve(another)).toMatchObject({ kind: 'reserved', isTakenOver: true });
    });

    it('goes to the next request after the lease ended, and not back', async () => {
      aKey();
      const first = await reserved();
      await age(61_000);
      const next = await reserve();
      if (next.kind !== 'reserved') throw new Error(`it is ${next.kind}`);
      const { leaseToken: second } = next;
      expect(second).not.toBe(first);
      expect(next.isTakenOver).toBe(true);

      expect(await repository.finish(underLease(first), ANSWER)).toBe(false);
      expect(await repository.extendLease(first, 1000)).toBe(false);
      expect(await repository.release(first)).toBe(false);
      expect(await repository.finish(underLease(second), ANSWER)).toBe(true);
    });

    it('is free again after it was released', async () => {
      aKey();
      expect(await repository.release(await reserved(POINTS))).toBe(true);
      await reserved({ fingerprint: fingerprint('b') });
    });

    it('is free again after the response to its reservation was lost', async () => {
      const lossy = Object.create(database, {
        query: {
          value: async (text: string, values: unknown[]) => {
            await database.query(text, values);
            if (text.includes('insert')) throw new DatabaseUnavailable('57014');
          },
        },
      }) as Database;
      const asked = new IdempotencyRepository(lossy, new Settings(), CIPHER).reserve(aKey(), {
        fingerprint: fingerprint('a'),
        leaseMs: 60_000,
        ...POINTS,
      });
      await expect(asked).rejects.toThrow(DatabaseUnavailable);
      expect((await reserve()).kind).toBe('running');
      await vi.waitFor(async () => expect((await reserve(POINTS)).kind).toBe('reserved'), 5000);
    });

    it('keeps its lease while it is extended', async () => {
      aKey();
      const leaseToken = await reserved();
      await age(59_000);
      expect(await repository.extendLease(leaseToken, 60_000)).toBe(true);
      await age(30_000);
      expect((await reserve()).kind).toBe('running');
    });

    it('gives a partial answer to the next request, which continues from it', async () => {
      aKey();
      const first = await reserved(POINTS);
      expect(await repository.finishInPart(underLease(first), ANSWER)).toBe(true);
      expect(await reserve({ fingerprint: fingerprint('b') })).toEqual({ kind: 'conflict' });
      const next = await reserve(POINTS);
      expect(next).toMatchObject({ kind: 'reserved', earlier: ANSWER.body });
      expect((await reserve(POINTS)).kind).toBe('running');
      expect(await repository.finish(underLease(first), ANSWER)).toBe(false);
    });

    it.each([
      ['no points are', {}],
      ['points are', POINTS],
    ])('is continued again after the continuing request is gone, and %s at stake', async (_what, change) => {
      aKey();
      await repository.finishInPart(underLease(await reserved(change)), ANSWER);
      await reserve(change);
      await age(61_000);
      expect(await reserve(change)).toMatchObject({ earlier: ANSWER.body, isTakenOver: true });
    });

    it('keeps a partial answer if the continuing request releases it, or never received its reservation', async () => {
      aKey();
      await repository.finishInPart(underLease(await reserved(POINTS)), ANSWER);
      expect(await repository.release(await reserved(POINTS))).toBe(true);
      expect(await reserve({ fingerprint: fingerprint('b') })).toEqual({ kind: 'conflict' });
      expect(await reserve(POINTS)).toMatchObject({ earlier: ANSWER.body, isTakenOver: true });
    });

    it('is reserved, finished and released with many others in one statement each', async () => {
      const { principal, endpoint } = aKey();
      const keys = Array.from({ length: 1000 }, () => randomUUID());
      const ask = (which: string[], body = 'a'): Promise<Reserved[]> =>
        repository.reserveMany(
          { principal, endpoint },
          which.map((one) => ({ key: one, fingerprint: fingerprint(body), creditIds: [one] })),
          60_000,
        );
      const got = await ask(keys);
      const tokens = got.map((one) => (one.kind === 'reserved' ? one.leaseToken : ''));
      expect(new Set(tokens).size).toBe(1000);
      const answers = tokens.slice(0, 3).map((leaseToken, n) => ({
        record: { principal, endpoint, key: keys[n] ?? '' },
        leaseToken,
        answer: { ...ANSWER, status: 200 + n, body: `{"n":${n}}` },
      }));
      expect((await repository.finishMany(answers)).size).toBe(3);
      expect((await repository.finishMany(answers)).size).toBe(0);
      expect(await repository.releaseMany(tokens.slice(3, 10))).toBe(7);

      const again = await ask(keys.slice(0, 12).toReversed());
      expect(again.map(({ kind }) => kind).toReversed()).toEqual([
        ...Array(3).fill('replay'),
        ...Array(7).fill('reserved'),
        ...Array(2).fill('running'),
      ]);
      expect(again.at(-2)).toEqual({ kind: 'replay', answer: answers[1]?.answer });
      expect((await ask(keys.slice(0, 1), 'b'))[0]).toEqual({ kind: 'conflict' });
    });

    it('never deadlocks when the same keys are reserved in different orders', async () => {
      const { principal, endpoint } = aKey();
      const keys = Array.from({ length: 200 }, () => randomUUID());
      const repositories = opened.map(
        (one) => new IdempotencyRepository(one.database, new Settings(), CIPHER),
      );
      const work = async (round: number): Promise<number> => {
        const one = repositories[round % repositories.length] as IdempotencyRepository;
        const order = round % 2 === 0 ? keys : keys.toReversed();
        const got = await one.reserveMany(
          { principal, endpoint },
          order.map((name) => ({ key: name, fingerprint: fingerprint('a'), creditIds: [name] })),
          60_000,
        );
        const held = got.flatMap((each) => (each.kind === 'reserved' ? [each.leaseToken] : []));
        return held.length === 0 ? 0 : one.releaseMany(held.toReversed());
      };
      const released = await Promise.all(Array.from({ length: 40 }, (_, round) => work(round)));
      expect(released.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(200);
    });

    it('keeps a lease that is longer than the retention of answers', async () => {
      aKey();
      const leaseToken = await reserved();
      await age(24 * 3_600_000 - 1000);
      expect(await repository.extendLease(leaseToken, 60_000)).toBe(true);
      await age(30_000);
      expect((await reserve()).kind).toBe('running');
    });

    it('returns the digest of a body that was stored with the answer, and deletes it with the record', async () => {
      aKey();
      const answer = { ...ANSWER, bodyDigest: fingerprint('body') };
      await repository.finish(underLease(await reserved()), answer);
      expect(await reserve()).toEqual({ kind: 'replay', answer });
      await age(24 * 3_600_000);
      const leaseToken = await reserved();
      const left =
        'select from meniscus.idempotency_records where lease_token = $1 and body_digest is not null';
      expect((await database.query(left, [leaseToken])).rowCount).toBe(0);
      await repository.finish(underLease(leaseToken), ANSWER);
      expect(await reserve()).toEqual({ kind: 'replay', answer: ANSWER });
    });

    it('stores an answer as part of a transaction, or not at all', async () => {
      aKey();
      const leaseToken = await reserved();
      const failing = database.transaction(async (tx) => {
        expect(await repository.finish(underLease(leaseToken), ANSWER, tx)).toBe(true);
        throw new Error('what makes it true failed');
      });
      await expect(failing).rejects.toThrow('what makes it true');
      expect((await reserve()).kind).toBe('running');
      expect(
        await database.transaction((tx) =>
          repository.finish(underLease(leaseToken), { ...ANSWER, status: 202 }, tx),
        ),
      ).toBe(true);
      expect(await reserve()).toMatchObject({ kind: 'replay', answer: { status: 202 } });
    });

    it('cannot be changed once it is final', async () => {
      aKey();
      const leaseToken = await reserved();
      await repository.finish(underLease(leaseToken), ANSWER);
      expect(await repository.finish(underLease(leaseToken), { ...ANSWER, status: 500 })).toBe(false);
      expect(await repository.release(leaseToken)).toBe(false);
      expect(await reserve()).toEqual({ kind: 'replay', answer: ANSWER });
    });

    it('expires after 24 hours, even before it is removed', async () => {
      aKey();
      await repository.finish(underLease(await reserved()), ANSWER);
      await age(24 * 3_600_000 - 1000);
      expect((await reserve()).kind).toBe('replay');
      await age(1000);
      const leaseToken = await reserved({ fingerprint: fingerprint('b') });

      await repository.finish(underLease(leaseToken), { ...ANSWER, status: 200 });
      expect(await reserve({ fingerprint: fingerprint('b') })).toMatchObject({ answer: { status: 200 } });
    });

    it('is removed after it expired, a limited number at a time', async () => {
      await database.query('delete from meniscus.idempotency_records');
      const leaseTokens: string[] = [];
      for (let n = 0; n < 5; n += 1) {
        aKey();
        // oxlint-disable-next-line no-await-in-loop -- they share one variable
        leaseTokens.push(await reserved());
        // oxlint-disable-next-line no-await-in-loop -- likewise
        if (n > 0) await age(86_400_000);
      }
      expect(await repository.removeExpired(3)).toBe(3);
      expect(await repository.removeExpired(3)).toBe(1);
      expect(await repository.removeExpired(3)).toBe(0);
      expect((await database.query('select 1 from meniscus.idempotency_records')).rows).toHaveLength(1);
    });

    it('goes to exactly one of many concurrent requests on all instances', async () => {
      const repositories = opened.map(
        (one) => new IdempotencyRepository(one.database, new Settings(), CIPHER),
      );
      const keys = Array.from({ length: 100 }, aKey);
      const asked = await Promise.all(
        Array.from({ length: 1000 }, async (_, n) => {
          const record = keys[n % keys.length] as RecordKey;
          const asking = repositories[
            Math.floor(n / keys.length) % repositories.length
          ] as IdempotencyRepository;
          const got = await asking.reserve(record, {
            fingerprint: fingerprint('a'),
            leaseMs: 60_000,
            creditIds: n % 2 === 0 ? [record.key] : [],
          });
          if (got.kind === 'reserved' && n % 3 === 0) await asking.finish(got, ANSWER);
          return { key: record.key, kind: got.kind };
        }),
      );

      const winners = asked.filter(({ kind }) => kind === 'reserved').map((one) => one.key);
      expect(winners).toHaveLength(100);
      expect(new Set(winners).size).toBe(100);
      expect(asked.filter(({ kind }) => !['reserved', 'running', 'replay'].includes(kind))).toEqual([]);
    });

    it('goes to exactly one of many requests that take over the same expired lease', async () => {
      aKey();
      await reserved();
      await age(61_000);
      const repositories = opened.map(
        (one) => new IdempotencyRepository(one.database, new Settings(), CIPHER),
      );
      const asked = await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          (repositories[n % repositories.length] as IdempotencyRepository).reserve(key, {
            fingerprint: fingerprint('a'),
            leaseMs: 60_000,
            creditIds: [],
          }),
        ),
      );
      expect(asked.filter(({ kind }) => kind === 'reserved')).toHaveLength(1);
      expect(asked.filter(({ kind }) => kind === 'running')).toHaveLength(39);
    });
  });
});
