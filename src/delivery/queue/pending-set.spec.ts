import { describe, expect, it } from 'vitest';
import { aPendingUpdate } from '../../../test/builders/a-pending-update.js';
import { type CallBatch, PendingSet } from './pending-set.js';

const BOUNDS = { itemCount: 10, bodyBytes: 100_000 };

function take(pending: PendingSet): CallBatch {
  const batch = pending.takeBatch('fresh', () => BOUNDS);
  if (!batch) throw new Error('no update is ready');
  return batch;
}

describe(PendingSet.name, () => {
  it('counts updates and their bytes until they are settled and released', () => {
    const pending = new PendingSet();
    const one = aPendingUpdate();
    pending.add(one);
    expect([pending.count, pending.bytes]).toEqual([1, one.item.bytes]);
    const batch = take(pending);
    one.settleRejected([], 10);
    pending.release(batch);
    expect([pending.count, pending.bytes, pending.lanes.size, pending.locks.size]).toEqual([0, 0, 0, 0]);
  });

  it('makes the next update of a customer ready when the call of the first one is over', () => {
    const pending = new PendingSet();
    const [first, second] = [aPendingUpdate({ sequence: 0 }), aPendingUpdate({ sequence: 1 })];
    pending.add(first);
    pending.add(second);
    const batch = take(pending);
    expect([batch.members, second.isReady]).toEqual([[first], false]);
    first.settleRejected([], 10);
    pending.release(batch);
    expect(second.isReady).toBe(true);
  });

  it('keeps an update of a call that is sent again, and holds it while it backs off', () => {
    const pending = new PendingSet();
    const one = aPendingUpdate();
    pending.add(one);
    const batch = take(pending);
    one.startBackoff();
    pending.release(batch);
    expect([pending.count, one.isReady]).toEqual([1, false]);
    one.endBackoff();
    pending.makeReady([one]);
    expect(one.isReady).toBe(true);
  });

  it('unblocks the next update when one is removed', () => {
    const pending = new PendingSet();
    const [first, second] = [aPendingUpdate({ sequence: 0 }), aPendingUpdate({ sequence: 1 })];
    pending.add(first);
    pending.add(second);
    first.giveUp('caller-gone', 10);
    pending.remove(first);
    expect([pending.count, second.isReady]).toEqual([1, true]);
  });

  it('counts the updates of callers that were never taken into a call', () => {
    const pending = new PendingSet();
    pending.add(aPendingUpdate({ customer: 'a' }));
    pending.add(aPendingUpdate({ customer: 'b', priority: 'background' }));
    const [{ submission }] = [...pending] as [ReturnType<typeof aPendingUpdate>];
    const lane = pending.lanes.get(submission.laneKey);
    expect(lane?.interactiveCount).toBe(1);
    take(pending);
    expect(lane?.interactiveCount).toBe(0);
  });
});
