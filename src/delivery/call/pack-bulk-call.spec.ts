import { describe, expect, it } from 'vitest';
import { aPendingUpdate } from '../../../test/builders/a-pending-update.js';
import { CustomerLocks } from '../queue/customer-locks.js';
import { type Lane, Lanes } from '../queue/lane.js';
import type { PendingUpdate } from '../queue/pending-update.js';
import type { FailedVerdict } from '../settle/read-verdicts.js';
import { ownedKeys } from '../update.js';
import { fitsAlone, packBulkCall } from './pack-bulk-call.js';

const BOUNDS = { itemCount: 3, bodyBytes: 100_000 };
const NO_PROOF: FailedVerdict = {
  kind: 'failed',
  failure: { kind: 'ambiguous' },
  reason: 'no-proof',
  errors: [],
  canPass: true,
};

/** Queues the updates that no lock blocks in one lane. */
function pending(...updates: PendingUpdate[]): { lane: Lane; locks: CustomerLocks<PendingUpdate> } {
  const locks = new CustomerLocks<PendingUpdate>();
  const lane = new Lanes().of(updates[0]?.submission.laneKey ?? '', 'customer');
  for (const one of updates) {
    one.lockRequest = locks.enqueue(one, ownedKeys(one.update), one.update.parent);
    if (locks.canAcquire(one.lockRequest)) lane.push(one);
  }
  return { lane, locks };
}

const sequences = (members: readonly PendingUpdate[]): number[] =>
  members.map(({ submission }) => submission.sequence);

describe(packBulkCall.name, () => {
  it('fills a call up to the bound on its items, in the order submitted', () => {
    const { lane, locks } = pending(
      ...['a', 'b', 'c', 'd'].map((customer, sequence) => aPendingUpdate({ customer, sequence })),
    );
    expect(sequences(packBulkCall(lane, 'fresh', locks, BOUNDS).members)).toEqual([0, 1, 2]);
    expect(sequences(packBulkCall(lane, 'fresh', locks, BOUNDS).members)).toEqual([3]);
    expect(packBulkCall(lane, 'fresh', locks, BOUNDS).members).toEqual([]);
  });

  it('fills a call up to the bound on its bytes', () => {
    const { lane, locks } = pending(
      ...['a', 'b', 'c'].map((customer, sequence) => aPendingUpdate({ customer, sequence, padding: 400 })),
    );
    const itemBytes = lane.queues.fresh.first?.item.bytes ?? 0;
    const bounds = { itemCount: 3, bodyBytes: 2 * itemBytes + 4 };
    expect(sequences(packBulkCall(lane, 'fresh', locks, bounds).members)).toEqual([0, 1]);
  });

  it('fills the places that are left with the background', () => {
    const { lane, locks } = pending(
      aPendingUpdate({ customer: 'a', sequence: 0, priority: 'background' }),
      aPendingUpdate({ customer: 'b', sequence: 1 }),
    );
    expect(sequences(packBulkCall(lane, 'fresh', locks, BOUNDS).members)).toEqual([1, 0]);
  });

  it('leaves out the second update of a customer', () => {
    const { lane, locks } = pending(
      aPendingUpdate({ customer: 'a', sequence: 0 }),
      aPendingUpdate({ customer: 'a', sequence: 1 }),
    );
    expect(sequences(packBulkCall(lane, 'fresh', locks, BOUNDS).members)).toEqual([0]);
  });

  it('takes updates of one parent together, as each unblocks the next', () => {
    const { lane, locks } = pending(
      ...['a', 'b', 'c'].map((customer, sequence) => aPendingUpdate({ customer, sequence, parent: 'p' })),
    );
    expect(sequences(packBulkCall(lane, 'fresh', locks, BOUNDS).members)).toEqual([0, 1, 2]);
  });

  it('skips an update that was settled while it was queued', () => {
    const [gone, waiting] = [
      aPendingUpdate({ customer: 'a', sequence: 0 }),
      aPendingUpdate({ customer: 'b', sequence: 1 }),
    ];
    const { lane, locks } = pending(gone, waiting);
    gone.giveUp('caller-gone', 5);
    expect(sequences(packBulkCall(lane, 'fresh', locks, BOUNDS).members)).toEqual([1]);
  });

  it('sends an update alone when two results in a row could not be proved to be its own', () => {
    const unproved = aPendingUpdate({ customer: 'a', sequence: 0 });
    unproved.fail(NO_PROOF, 0, false);
    unproved.fail(NO_PROOF, 0, false);
    const { lane, locks } = pending(unproved, aPendingUpdate({ customer: 'b', sequence: 1 }));
    expect(sequences(packBulkCall(lane, 'again', locks, BOUNDS).members)).toEqual([0]);
  });
});

describe(fitsAlone.name, () => {
  it('counts the frame of the call', () => {
    expect(fitsAlone(98, 100)).toBe(true);
    expect(fitsAlone(99, 100)).toBe(false);
  });
});
