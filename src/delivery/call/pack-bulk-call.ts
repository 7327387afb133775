import type { Lane, QueueName } from '../queue/lane.js';
import type { CustomerLocks, LockRequest } from '../queue/customer-locks.js';
import type { PendingUpdate } from '../queue/pending-update.js';

/** The most updates and the most bytes of one call. */
export interface CallBounds {
  readonly itemCount: number;
  readonly bodyBytes: number;
}

/** A bulk call that is being packed. Its identity is what the locks of its updates share. */
export interface PackedCall {
  readonly members: PendingUpdate[];
}

/** The brackets around the items, and the comma after each item. */
const FRAME_BYTES = 2;

/** Whether an item fits into any call at all. */
export function fitsAlone(itemBytes: number, maxBodyBytes: number): boolean {
  return itemBytes + FRAME_BYTES <= maxBodyBytes;
}

/** The size of a call with these updates, as the bounds of a call count it. */
export function bodyBytesOf(members: readonly Pick<PendingUpdate, 'item'>[]): number {
  return members.reduce((bytes, { item }) => bytes + item.bytes + 1, FRAME_BYTES);
}

/** Fill order for the places that are left. */
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
 * Takes updates of a lane into one call: first those of the queue that has its turn, then others for the places that are
 * left. When taking an update unblocks another one of this lane, that one is queued at once.
 *
 * @returns a call without members when no update can be sent
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
        queue.shift(); // it is queued again when it is unblocked
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
