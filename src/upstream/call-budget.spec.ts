import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallBudget } from './call-budget.js';

const MINUTE = 60_000;

/** Calls that leave as soon as they may, until a time; each takes no time itself. */
function spend(budget: CallBudget, from: number, until: number, callClass?: 'other'): number[] {
  const left: number[] = [];
  for (let now = from; now < until;) {
    const at = budget.nextAt(now, callClass);
    if (at >= until) return left;
    now = Math.max(now, at);
    budget.take(now);
    budget.end(now);
    left.push(now);
  }
  return left;
}

describe(CallBudget.name, () => {
  it('has no limit when none is configured', () => {
    const budget = new CallBudget(0);
    for (let call = 0; call < 1000; call += 1) {
      expect(budget.nextAt(0)).toBe(0);
      budget.take(0);
      budget.end(0);
    }
    expect(budget.left(0)).toBe(Infinity);
  });

  it('lets a quarter of the minute leave at once, and spreads what is left evenly', () => {
    const left = spend(new CallBudget(100), 0, MINUTE);
    expect(left.slice(0, 25).every((at) => at === 0)).toBe(true);
    expect(left.length).toBeGreaterThanOrEqual(99);
    const gaps = left.slice(26).map((at, index) => at - (left[index + 25] ?? 0));
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(20);
  });

  it('makes use of nearly the whole minute when it is always asked for more', () => {
    const left = spend(new CallBudget(300), 0, 10 * MINUTE);
    expect(left.length).toBeGreaterThan(0.97 * 3000);
  });

  it('never runs dry: no call waits long, whatever was spent when', () => {
    const budget = new CallBudget(120);
    spend(budget, 0, 1000);
    const left = spend(budget, 30_000, 5 * MINUTE);
    const gaps = left.slice(1).map((at, index) => at - (left[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(3000);
  });

  it('counts a call until a minute after its end', () => {
    const budget = new CallBudget(1);
    budget.take(0);
    expect(budget.left(0)).toBe(0);
    budget.end(5000);
    expect(budget.nextAt(5000)).toBe(65_000);
  });

  it('keeps a tenth for new updates of callers who wait', () => {
    const budget = new CallBudget(100);
    const others = spend(budget, 0, MINUTE, 'other').length;
    expect(others).toBeGreaterThanOrEqual(89);
    expect(others).toBeLessThanOrEqual(90);
    expect(spend(budget, MINUTE - 1, MINUTE)).not.toEqual([]);
  });

  it('says when the nth call could leave', () => {
    const budget = new CallBudget(60);
    expect(budget.timeOf(15, 0)).toBe(0);
    expect(budget.timeOf(16, 0)).toBeGreaterThan(500);
    expect(budget.timeOf(60, 0)).toBeLessThanOrEqual(MINUTE);
    expect(budget.timeOf(61, 0)).toBeGreaterThanOrEqual(MINUTE);
  });

  it('pauses for as long as a 429 asks', () => {
    const budget = new CallBudget(0);
    budget.take(0);
    budget.end(10);
    expect(budget.refused(7000, 10).pauseMs).toBe(7000);
    expect(budget.nextAt(10)).toBe(7010);
  });

  it('pauses for ever longer where a 429 names no wait, until a call is accepted', () => {
    const budget = new CallBudget(1000);
    const pause = (now: number): number => {
      budget.take(now);
      budget.end(now);
      return budget.refused(0, now).pauseMs;
    };
    expect([pause(0), pause(2000), pause(5000)]).toEqual([1000, 2000, 4000]);
    expect(pause(5001)).toBe(3999); // left before the pause
    budget.accepted(10_000);
    expect(pause(10_000)).toBe(1000);
  });

  it('counts the 429s of a minute, also without a limit', () => {
    for (const limit of [0, 300]) {
      const budget = new CallBudget(limit);
      for (const now of [0, 10_000]) {
        budget.take(now);
        budget.end(now);
        budget.refused(0, now);
      }
      expect([0, MINUTE - 1, MINUTE, MINUTE + 10_000].map((now) => budget.refusals(now))).toEqual([
        2, 2, 1, 0,
      ]);
    }
  });

  it('learns from a 429 the pace that the vendor accepts, and tries a faster one a minute later', () => {
    const budget = new CallBudget(300);
    spend(budget, 0, 1); // 75
    budget.take(1);
    budget.end(1);
    expect(budget.refused(1000, 1).callsPerMinute).toBe(75);
    const [first = 0, second = 0] = spend(budget, 1, 5000);
    expect(first).toBe(1001);
    expect(second - first).toBe(800);
    expect(budget.accepted(30_000)).toBeUndefined();
    expect(budget.accepted(MINUTE + 1)).toBe(93);
    const tried = Array.from({ length: 8 }, (_, minute) => budget.accepted((minute + 2) * MINUTE + 1));
    expect(tried).toEqual([116, 145, 181, 226, 282, 300, undefined, undefined]);
  });

  it('learns no pace slower than a tenth, as others may have used up the minute', () => {
    expect(new CallBudget(300).refused(0, 0).callsPerMinute).toBe(30);
    expect(new CallBudget(0).refused(0, 0).callsPerMinute).toBe(30);
  });

  it('never lets more than the limit leave in any 60 seconds, however long calls take', () => {
    let shortest = Infinity; // time in which more than the limit left
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.record({ waitMs: fc.nat(20_000), takesMs: fc.nat(8000), isOther: fc.boolean() }), {
          maxLength: 120,
        }),
        (limit, attempts) => {
          const budget = new CallBudget(limit);
          const open: { endsAt: number }[] = [];
          const leftAt: number[] = [];
          let now = 0;
          for (const { waitMs, takesMs, isOther } of attempts) {
            now += waitMs;
            for (const call of open.splice(0)) {
              if (call.endsAt <= now) budget.end(now);
              else open.push(call);
            }
            if (budget.nextAt(now, isOther ? 'other' : 'reserved') > now) continue;
            budget.take(now);
            leftAt.push(now + takesMs * 0.9); // the vendor counts it somewhere on its way
            open.push({ endsAt: now + takesMs });
          }
          const sorted = leftAt.toSorted((one, other) => one - other);
          sorted.forEach((at, index) => {
            const after = sorted[index + limit];
            if (after !== undefined) shortest = Math.min(shortest, after - at);
          });
        },
      ),
      { numRuns: 500 },
    );
    expect(shortest).toBeGreaterThanOrEqual(MINUTE);
  });
});
