import { describe, expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.js';

function spendAll(budget: RetryBudget, now: number): number {
  let count = 0;
  for (; budget.nextAt(now) <= now; count += 1) budget.spend(now);
  return count;
}

describe(RetryBudget.name, () => {
  it('allows a few where there are no other calls, and 30 in each further minute', () => {
    const budget = new RetryBudget();
    expect(spendAll(budget, 0)).toBe(30);
    expect(budget.nextAt(0)).toBe(2000);
    expect(spendAll(budget, 2000)).toBe(1);
    expect(spendAll(budget, 62_000)).toBe(30);
  });

  it('allows one for every four other calls, which is 20 % of all', () => {
    const budget = new RetryBudget();
    spendAll(budget, 0);
    for (let call = 0; call < 80; call += 1) budget.earn(0);
    expect(spendAll(budget, 0)).toBe(20);
  });

  it('saves up no more than 30', () => {
    const budget = new RetryBudget();
    for (let call = 0; call < 10_000; call += 1) budget.earn(0);
    expect(spendAll(budget, 0)).toBe(30);
  });
});
