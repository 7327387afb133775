import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Isolation } from './isolate.js';

interface Played {
  readonly causes: number[];
  readonly delivered: number[];
  readonly calls: (readonly number[])[];
}

/** Plays a vendor that refuses a call with a bad member in it. */
function isolate(members: readonly number[], isBad: (member: number) => boolean): Played {
  const isolation = new Isolation(members, 'first refusal');
  const played: Played = { causes: [], delivered: [], calls: [] };
  for (let step = isolation.next(() => true); step.length > 0; step = isolation.next(() => true)) {
    played.calls.push(step);
    const isRefused = step.some(isBad);
    if (!isRefused) played.delivered.push(...step);
    const found = isRefused ? isolation.refused('later refusal') : isolation.passed();
    if (found) played.causes.push(found.member);
  }
  return played;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe(Isolation.name, () => {
  it('halves until the cause is alone, and sends the others in few calls', () => {
    expect(isolate(range(8), (member) => member === 2)).toEqual({
      causes: [2],
      delivered: [0, 1, 3, 4, 5, 6, 7],
      calls: [[0, 1, 2, 3], [0, 1], [2], [3, 4, 5, 6, 7]],
    });
  });

  it('rejects no member for a single refusal: the last suspect is sent alone', () => {
    expect(isolate(range(4), () => false)).toEqual({
      causes: [],
      delivered: [0, 1, 2, 3],
      calls: [[0, 1], [2], [3]],
    });
  });

  it('finds each cause, delivers each other member once, within k(⌈log2 n⌉ + 1) + 1 calls', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 150 }).chain((count) =>
          fc.record({
            count: fc.constant(count),
            bad: fc.uniqueArray(fc.nat(count - 1), { minLength: 1 }),
          }),
        ),
        ({ count, bad }) => {
          const isBad = new Set(bad);
          const { causes, delivered, calls } = isolate(range(count), (member) => isBad.has(member));
          expect(causes.toSorted((a, b) => a - b)).toEqual(bad.toSorted((a, b) => a - b));
          expect(delivered.toSorted((a, b) => a - b)).toEqual(range(count).filter((one) => !isBad.has(one)));
          expect(calls.length).toBeLessThanOrEqual(bad.length * (Math.ceil(Math.log2(count)) + 1) + 1);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('starts over when a suspect has left by itself', () => {
    const isolation = new Isolation(range(4), 'refusal');
    isolation.next(() => true);
    isolation.refused('refusal'); // 0 or 1
    expect(isolation.next((member) => member !== 0)).toEqual([1]);
    expect(isolation.passed()).toBeUndefined();
    expect(isolation.next(() => true)).toEqual([2, 3]);
  });

  it('starts over when a step ends otherwise', () => {
    const isolation = new Isolation(range(4), 'refusal');
    const step = isolation.next(() => true);
    isolation.restart((member) => !step.includes(member));
    expect(isolation.next(() => true)).toEqual([2, 3]);
    expect(isolation.passed()).toBeUndefined();
    expect(isolation.members).toEqual([]);
  });

  it('returns the cause with the latest refusal of a call with it', () => {
    const isolation = new Isolation(range(4), 'first');
    isolation.next(() => true);
    isolation.refused('second');
    isolation.next(() => true);
    expect(isolation.passed()).toEqual({ member: 1, refusal: 'second' });
  });
});
