import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CustomerLeasesRepository } from '../../src/records/customer-leases.repository.js';
import type { OpenDatabase } from '../../src/database/open-database.js';
import { SharedCallsRepository } from '../../src/records/shared-calls.repository.js';
import { withBothDrivers, openReplicas } from './drivers.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

withBothDrivers((driver) => {
  let opened: OpenDatabase[] = [];

  beforeAll(async () => {
    opened = await openReplicas(driver);
  });

  afterAll(async () => Promise.all(opened.map((one) => one.close())));

  const each = <T>(make: (one: OpenDatabase) => T): [T, T] => {
    const made = opened.map(make);
    return [made[0] as T, made.at(-1) as T];
  };

  describe(SharedCallsRepository.name, () => {
    it('gives out exactly the available calls to concurrent instances', async () => {
      const [one, other] = each(({ database }) => new SharedCallsRepository(database));
      const budget = randomUUID();
      const asked = await Promise.all(
        Array.from({ length: 60 }, (_, index) => (index % 2 ? one : other).take(randomUUID(), budget, 20)),
      );
      expect(asked.filter((waitMs) => waitMs === 0)).toHaveLength(20);
      expect(await one.take(randomUUID(), randomUUID(), 20)).toBe(0); // other credentials
    });

    it('returns the wait until a call may be free, and does not count a call that was never made', async () => {
      const [one, other] = each(({ database }) => new SharedCallsRepository(database));
      const budget = randomUUID();
      const ids = [randomUUID(), randomUUID()];
      await one.take(ids[0] ?? '', budget, 2);
      await one.take(ids[1] ?? '', budget, 2);
      expect(await other.take(randomUUID(), budget, 2)).toBe(1000); // both are open
      await one.end(ids[0] ?? '');
      const waitMs = await other.take(randomUUID(), budget, 2);
      expect(waitMs).toBeGreaterThan(50_000);
      expect(waitMs).toBeLessThanOrEqual(60_000);
      await one.giveBack(ids[1] ?? '');
      expect(await other.take(randomUUID(), budget, 2)).toBe(0);
    });
  });

  describe(CustomerLeasesRepository.name, () => {
    it('gives each customer to one instance, in any order of requests', async () => {
      const [one, other] = each(({ database }) => new CustomerLeasesRepository(database));
      const keys = Array.from({ length: 50 }, () => randomUUID());
      const [mine, theirs] = await Promise.all([
        one.acquire(randomUUID(), keys, 60_000),
        other.acquire(randomUUID(), keys.toReversed(), 60_000),
      ]);
      expect(mine.size + theirs.size).toBe(50);
      expect([...mine].filter((key) => theirs.has(key))).toEqual([]);
    });

    it('gives a customer to another instance only after its holder released it', async () => {
      const [one, other] = each(({ database }) => new CustomerLeasesRepository(database));
      const [me, they, key] = [randomUUID(), randomUUID(), randomUUID()];
      expect(await one.acquire(me, [key], 60_000)).toEqual(new Set([key]));
      await other.release(they, [key]);
      expect(await other.acquire(they, [key], 60_000)).toEqual(new Set());
      await one.release(me, [key]);
      expect(await other.acquire(they, [key], 60_000)).toEqual(new Set([key]));
    });

    it('gives a customer to another instance after its instance is gone, but not while that extends its leases', async () => {
      const [one, other] = each(({ database }) => new CustomerLeasesRepository(database));
      const [me, they, key] = [randomUUID(), randomUUID(), randomUUID()];
      await one.acquire(me, [key], 50);
      await one.extend(me, 60_000);
      await pause(80);
      expect(await other.acquire(they, [key], 50)).toEqual(new Set());
      await one.extend(me, 20);
      await pause(50);
      expect(await other.acquire(they, [key], 50)).toEqual(new Set([key]));
    });
  });
});
