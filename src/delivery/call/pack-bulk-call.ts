import type { Lane, QueueName } from '../queue/lane.js';
import type { CustomerLocks, LockRequest } from '../queue/customer-locks.js';
import type { PendingUpdate } from '../queue/pending-update.js';

/** Most updates and most bytes in one call. */
export interface CallBounds {
  readonly itemCount: number;
  readonly bodyBytes: number;
}

/** A bulk call that is being packed: what those who share it have in common. */
export interface PackedCall {
  readonly members: PendingUpdate[];
}

/** Of the brackets and of the comma behind each item. */
const FRAME_BYTES = 2;

/** Whether an item fits into any call at all. */
export function fitsAlone(itemBytes: number, { bodyBytes }: CallBounds): boolean {
  return itemBytes + FRAME_BYTES <= bodyBytes;
}

/** Whose places are left are taken by the others in this locks. */
const FILL: readonly QueueName[] = ['fresh', 'again', 'background'];

function isReady(
  { isSettled }: PendingUpdate,
  lockRequest: LockRequest<PendingUpdate>,
  locks: CustomerLocks<PendingUpdate>,
  call: PackedCall,
): boolean {
  return !isSettled && locks.canAcquire(lockRequest, call);
}

/**
 * Takes updates of a lane into one call, those whose turn it is first; free places go to the others. Whoever may join
 * because of somebody who has just been taken stands in the lane at once.
 *
 * @returns a call with nobody in it when nobody may fly
 */
export function packBulkCall(
  lane: Lane,
  turn: QueueName,
  locks: CustomerLocks<PendingUpdate>,
  bounds: CallBounds,
): PackedCall {
  const call: PackedCall = { members: [] };
  let bodyBytes = FRAME_BYTES;
  for (const name of [turn, ...FILL.filter((other) => other !== turn)]) {
    const queue = lane.queues[name];
    while (call.members.length < bounds.itemCount) {
      const { first } = queue;
      if (!first) break;
      if (!first.lockRequest || !isReady(first, first.lockRequest, locks, call)) {
        queue.shift(); // comes back when it may fly
        first.markWaiting();
        continue;
      }
      const itemBytes = first.item.bytes + 1;
      const isFull = first.mustSendAlone || bodyBytes + itemBytes > bounds.bodyBytes;
      if (call.members.length > 0 && isFull) break;
      queue.shift();
      first.markWaiting();
      bodyBytes += itemBytes;
      call.members.push(first);
      for (const sibling of locks.acquire(first.lockRequest, call)) {
        if (sibling.isReady || sibling.isHeld) continue;
        if (sibling.submission.laneKey === lane.key) lane.push(sibling);
      }
      if (first.mustSendAlone) return call;
    }
  }
  return call;
}
