import { describe, expect, it } from 'vitest';
import { aPendingUpdate } from '../../../test/builders/a-pending-update.js';
import { Lanes, laneKey } from './lane.js';
import type { PendingUpdate } from './pending-update.js';

function open(lanes: Lanes, one: PendingUpdate): void {
  lanes.of(one.submission.laneKey, one.update.kind);
  lanes.push(one);
}

describe(laneKey.name, () => {
  it('is the same for updates of one route and kind only', () => {
    const { update } = aPendingUpdate();
    expect(laneKey(aPendingUpdate({ customer: 'b' }).update)).toBe(laneKey(update));
    expect(laneKey(aPendingUpdate({ accountId: 'other' }).update)).not.toBe(laneKey(update));
    expect(laneKey({ ...update, kind: 'association' })).not.toBe(laneKey(update));
  });
});

describe(Lanes.name, () => {
  it('queues the earliest submitted update first, whenever it became ready', () => {
    const lanes = new Lanes();
    for (const sequence of [3, 1, 4, 0, 2]) open(lanes, aPendingUpdate({ sequence }));
    const queue = lanes.first('fresh')?.queues.fresh;
    const inOrder = Array.from({ length: 5 }, () => {
      const sequence = queue?.first?.submission.sequence;
      queue?.shift();
      return sequence;
    });
    expect(inOrder).toEqual([0, 1, 2, 3, 4]);
  });

  it('queues an update once', () => {
    const lanes = new Lanes();
    const one = aPendingUpdate();
    open(lanes, one);
    lanes.push(one);
    const queue = lanes.first('fresh')?.queues.fresh;
    queue?.shift();
    expect(queue?.first).toBeUndefined();
  });

  it('separates new updates, retries and the background', () => {
    const lanes = new Lanes();
    const retried = aPendingUpdate();
    retried.fail(
      {
        kind: 'failed',
        failure: { kind: 'not-sent' },
        reason: 'connection-refused',
        errors: [],
        canPass: true,
      },
      0,
      false,
    );
    open(lanes, retried);
    expect([lanes.has('fresh'), lanes.has('again'), lanes.has('background')]).toEqual([false, true, false]);
    open(lanes, aPendingUpdate({ priority: 'background' }));
    expect([lanes.has('fresh'), lanes.has('again'), lanes.has('background')]).toEqual([false, true, true]);
  });

  it('moves a lane that had its turn behind the others', () => {
    const lanes = new Lanes();
    open(lanes, aPendingUpdate({ accountId: 'one' }));
    open(lanes, aPendingUpdate({ accountId: 'two' }));
    const first = lanes.first('fresh');
    if (!first) throw new Error('no lane has work');
    lanes.rotate(first, 'fresh');
    expect(lanes.first('fresh')?.key).toContain('two');
  });

  it('forgets a lane without updates', () => {
    const lanes = new Lanes();
    const lane = lanes.of('lane', 'customer');
    lane.memberCount = 1;
    lanes.close(lane);
    expect(lanes.size).toBe(1);
    lane.memberCount = 0;
    lanes.close(lane);
    expect(lanes.size).toBe(0);
  });
});
