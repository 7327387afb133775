import { describe, expect, it } from 'vitest';
import { type CustomerKey, customerKey } from '../../delivery/customer-key.js';
import { SeenIdentifiers, type SeenInOne } from './seen-identifiers.js';

const key = (of: string | number): CustomerKey => customerKey({ type: 'cuid', value: `customer-${of}` });
const keys = (from: number, count: number): CustomerKey[] =>
  Array.from({ length: count }, (_, index) => key(from + index));

/** A dry run that goes on until it is told to end. */
function aDryRun(all: SeenIdentifiers): { seen: SeenInOne; end: () => Promise<void> } {
  const begun: SeenInOne[] = [];
  const { promise: itsEnd, resolve } = Promise.withResolvers<void>();
  const running = all.during(async (given) => {
    begun.push(given);
    await itsEnd;
  });
  const [seen] = begun;
  if (!seen) throw new Error('it did not begin');
  return {
    seen,
    end: async () => {
      resolve();
      await running;
    },
  };
}

const bounds = { ofOne: 10, ofAll: 30 };

describe(SeenIdentifiers.name, () => {
  it('knows a customer again by any of its identifiers, and one dry run nothing of another', async () => {
    const all = new SeenIdentifiers(bounds);
    const one = aDryRun(all);
    expect(one.seen.meet([key(1), key(2)])).toBe(false);
    expect(one.seen.meet([key(3), key(2)])).toBe(true);
    expect(one.seen.meet([key(3)])).toBe(true);
    expect(one.seen).toMatchObject({ count: 3, isComplete: true });
    expect(aDryRun(all).seen.meet([key(1)])).toBe(false);
  });

  it('remembers no more of a dry run than its bound, and says that it has left some out', () => {
    const { seen } = aDryRun(new SeenIdentifiers(bounds));
    seen.meet(keys(0, 10));
    expect(seen.meet([key(9)])).toBe(true);
    expect(seen).toMatchObject({ count: 10, isComplete: true });
    expect(seen.meet([key('new')])).toBe(false);
    expect(seen.meet([key('new')])).toBe(false);
    expect(seen).toMatchObject({ count: 10, isComplete: false });
  });

  it('remembers no more of all dry runs at once than their bound, and has room again when one has ended', async () => {
    const all = new SeenIdentifiers(bounds);
    const full = Array.from({ length: 3 }, () => aDryRun(all));
    for (const { seen } of full) seen.meet(keys(0, 10));
    const late = aDryRun(all);
    late.seen.meet([key(1)]);
    expect(late.seen).toMatchObject({ count: 0, isComplete: false });
    await full[0]?.end();
    late.seen.meet([key(1)]);
    expect(late.seen).toMatchObject({ count: 1, isComplete: false });
  });

  it('remembers 100,000 of a dry run where nothing else is said', () => {
    const { seen } = aDryRun(new SeenIdentifiers());
    seen.meet(keys(0, 100_001));
    expect(seen).toMatchObject({ count: 100_000, isComplete: false });
  });

  it('forgets what a dry run remembered that failed', async () => {
    const all = new SeenIdentifiers(bounds);
    for (let round = 0; round < 4; round += 1) {
      const failing = all.during(async (seen) => {
        seen.meet(keys(0, 10));
        expect(seen.count).toBe(10);
        throw new Error('the upload was cut off');
      });
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await expect(failing).rejects.toThrow('cut off');
    }
  });
});
