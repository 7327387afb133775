import { describe, expect, it } from 'vitest';
import { type CustomerKey, customerKey } from '../../delivery/customer-key.js';
import { SeenIdentifiers, type SeenInDryRun } from './seen-identifiers.js';

const key = (of: string | number): CustomerKey => customerKey({ type: 'cuid', value: `customer-${of}` });
const keys = (from: number, count: number): CustomerKey[] =>
  Array.from({ length: count }, (_, index) => key(from + index));

/** Starts a dry run that lasts until `end` is called. */
function aDryRun(all: SeenIdentifiers): { seen: SeenInDryRun; end: () => Promise<void> } {
  const started: SeenInDryRun[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const running = all.during(async (given) => {
    started.push(given);
    await ended;
  });
  const [seen] = started;
  if (!seen) throw new Error('it did not start');
  return {
    seen,
    end: async () => {
      resolve();
      await running;
    },
  };
}

const bounds = { perDryRun: 10, perProcess: 30 };

describe(SeenIdentifiers.name, () => {
  it('recognizes a customer by any identifier, within one dry run', async () => {
    const all = new SeenIdentifiers(bounds);
    const one = aDryRun(all);
    expect(one.seen.add([key(1), key(2)])).toBe(false);
    expect(one.seen.add([key(3), key(2)])).toBe(true);
    expect(one.seen.add([key(3)])).toBe(true);
    expect(one.seen).toMatchObject({ count: 3, isComplete: true });
    expect(aDryRun(all).seen.add([key(1)])).toBe(false);
  });

  it('remembers no more than the bound of a dry run, and reports that it is incomplete', () => {
    const { seen } = aDryRun(new SeenIdentifiers(bounds));
    seen.add(keys(0, 10));
    expect(seen.add([key(9)])).toBe(true);
    expect(seen).toMatchObject({ count: 10, isComplete: true });
    expect(seen.add([key('new')])).toBe(false);
    expect(seen.add([key('new')])).toBe(false);
    expect(seen).toMatchObject({ count: 10, isComplete: false });
  });

  it('remembers no more than the bound of the process, and has room again when a dry run has ended', async () => {
    const all = new SeenIdentifiers(bounds);
    const full = Array.from({ length: 3 }, () => aDryRun(all));
    for (const { seen } of full) seen.add(keys(0, 10));
    const late = aDryRun(all);
    late.seen.add([key(1)]);
    expect(late.seen).toMatchObject({ count: 0, isComplete: false });
    await full[0]?.end();
    late.seen.add([key(1)]);
    expect(late.seen).toMatchObject({ count: 1, isComplete: false });
  });

  it('remembers 100,000 identifiers of a dry run by default', () => {
    const { seen } = aDryRun(new SeenIdentifiers());
    seen.add(keys(0, 100_001));
    expect(seen).toMatchObject({ count: 100_000, isComplete: false });
  });

  it('forgets the identifiers of a dry run that failed', async () => {
    const all = new SeenIdentifiers(bounds);
    for (let round = 0; round < 4; round += 1) {
      const failing = all.during(async (seen) => {
        seen.add(keys(0, 10));
        expect(seen.count).toBe(10);
        throw new Error('the upload was cut off');
      });
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await expect(failing).rejects.toThrow('cut off');
    }
  });
});
