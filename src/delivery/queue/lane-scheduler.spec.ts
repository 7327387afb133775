import { describe, expect, it } from 'vitest';
import type { Lanes, Turn } from './lane.js';
import type { PendingUpdate } from './pending-update.js';
import { LaneScheduler } from './lane-scheduler.js';
import type { VendorCapacity } from '../capacity/vendor-capacity.js';

const NOW = 1_000_000;
const capacity = { callAt: () => NOW } as unknown as VendorCapacity;

/** @param hasFailed whether the next update of the background has failed before */
function aScheduler(waiting: readonly Turn[], hasFailed = false): LaneScheduler {
  const lanes = {
    has: (turn: Turn) => waiting.includes(turn),
    first: (turn: Turn) => ({ hasFailedFirst: turn === 'background' && hasFailed, hasWork: () => true }),
  };
  return new LaneScheduler(lanes as unknown as Lanes, capacity);
}

const members = (failureCount: number) => [{ failureCount }] as unknown as PendingUpdate[];

/** Makes calls that carry nothing but retries, until no more of them are allowed. */
function spendRetries(scheduler: LaneScheduler): void {
  for (let count = 0; count < 30; count++) scheduler.recordTurn('again', members(1), NOW);
}

describe(LaneScheduler.name, () => {
  it('gives the background one call in ten, while callers wait', () => {
    const scheduler = aScheduler(['fresh', 'background']);
    const taken = Array.from({ length: 20 }, () => {
      const { turn = 'again' } = scheduler.next(NOW) ?? {};
      scheduler.recordTurn(turn, members(0), NOW);
      return turn;
    });
    expect(taken.flatMap((turn, index) => (turn === 'background' ? [index] : []))).toEqual([9, 19]);
  });

  it('keeps no caller waiting for a retry of the background that is not allowed yet', () => {
    const scheduler = aScheduler(['fresh', 'background'], true);
    spendRetries(scheduler);
    expect(scheduler.next(NOW)).toEqual({ turn: 'fresh', leavesAt: NOW });
    const alone = aScheduler(['background'], true);
    spendRetries(alone);
    expect(alone.next(NOW)).toEqual({ turn: 'background', leavesAt: NOW + 2000 });
  });

  it('lets a retry wait for its budget, unless callers wait who need none', () => {
    const scheduler = aScheduler(['again']);
    spendRetries(scheduler);
    expect(scheduler.next(NOW)).toEqual({ turn: 'again', leavesAt: NOW + 2000 });
    const both = aScheduler(['again', 'fresh']);
    spendRetries(both);
    expect(both.next(NOW)).toEqual({ turn: 'fresh', leavesAt: NOW });
  });
});
