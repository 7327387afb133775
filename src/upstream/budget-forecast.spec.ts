import { describe, expect, it } from 'vitest';
import { lastCallAfterMs, steadyMs } from './budget-forecast.js';
import { CallBudget } from './call-budget.js';

const MINUTE = 60_000;

/** Makes calls of an import as soon as the budget allows, and returns when each of them left. */
function makeCalls(count: number, limit: number): number[] {
  const budget = new CallBudget(limit);
  let now = 0;
  return Array.from({ length: count }, () => {
    now = Math.max(now, budget.nextAt(now, 'other'));
    budget.take(now);
    budget.end(now);
    return now;
  });
}

describe(lastCallAfterMs.name, () => {
  it.each([1, 2, 3, 4, 5, 10, 60, 300])('is when the last call leaves, with %i calls a minute', (limit) => {
    makeCalls(limit * 6, limit).forEach((leftAt, index) => {
      const estimate = lastCallAfterMs(index + 1, limit);
      expect(Math.abs(estimate - leftAt)).toBeLessThan(0.02 * leftAt + 1);
    });
  });

  it('is nothing without calls, or without a limit', () => {
    expect(lastCallAfterMs(0, 4)).toBe(0);
    expect(lastCallAfterMs(1000, 0)).toBe(0);
  });
});

describe(steadyMs.name, () => {
  it.each([1, 2, 4, 10, 60, 300])(
    'is what is left after the first minute, with %i calls a minute',
    (limit) => {
      const left = makeCalls(limit * 6, limit);
      const end = left.at(-1) ?? 0;
      left.forEach((at, index) => {
        if (at < MINUTE) return;
        const remaining = steadyMs(left.length - 1 - index, limit);
        expect(Math.abs(at + remaining - end)).toBeLessThan(0.02 * end + 1);
      });
    },
  );

  it('is nothing without a limit', () => {
    expect(steadyMs(1000, 0)).toBe(0);
  });
});
