import { describe, expect, it } from 'vitest';
import type { Lanes, Turn } from './lane.js';
import type { PendingUpdate } from './pending-update.js';
import { Turns } from './lane-scheduler.js';
import type { VendorLimits } from '../capacity/vendor-capacity.js';

const NOW = 1_000_000;
const limits = { callAt: () => NOW } as unknown as VendorLimits;

/** @param hasFailed whether the update of the background that is next has failed before */
function turnsOf(waiting: readonly Turn[], hasFailed = false): Turns {
  const lanes = {
    has: (turn: Turn) => waiting.includes(turn),
    first: (turn: Turn) => ({ hasFailedFirst: turn === 'background' && hasFailed, hasWork: () => true }),
  };
  return new Turns(lanes as unknown as Lanes, limits);
}

const members = (failureCount: number) => [{ failureCount }] as unknown as PendingUpdate[];

/** Makes calls that carry nothing but retries, until no more of them are allowed. */
function spendRetries(turns: Turns): void {
  for (let count = 0; count < 30; count++) turns.took('again', members(1), NOW);
}

describe(Turns.name, () => {
  it('gives the background one call in ten, while callers wait', () => {
    const turns = turnsOf(['fresh', 'background']);
    const taken = Array.from({ length: 20 }, () => {
      const { turn = 'again' } = turns.next(NOW) ?? {};
      turns.took(turn, members(0), NOW);
      return turn;
    });
    expect(taken.flatMap((turn, index) => (turn === 'background' ? [index] : []))).toEqual([9, 19]);
  });

  it('keeps no caller waiting for a retry of the background that is not allowed yet', () => {
    const turns = turnsOf(['fresh', 'background'], true);
    spendRetries(turns);
    expect(turns.next(NOW)).toEqual({ turn: 'fresh', leavesAt: NOW });
    const alone = turnsOf(['background'], true);
    spendRetries(alone);
    expect(alone.next(NOW)).toEqual({ turn: 'background', leavesAt: NOW + 2000 });
  });

  it('lets a retry wait for its budget, unless callers wait who need none', () => {
    const turns = turnsOf(['again']);
    spendRetries(turns);
    expect(turns.next(NOW)).toEqual({ turn: 'again', leavesAt: NOW + 2000 });
    const both = turnsOf(['again', 'fresh']);
    spendRetries(both);
    expect(both.next(NOW)).toEqual({ turn: 'fresh', leavesAt: NOW });
  });
});
