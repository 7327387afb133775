/** The brackets around the items, and the comma after each item. */
const FRAME_BYTES = 2;
/** Whether an item fits into any call at all. */
export function fitsAlone(itemBytes, { bodyBytes }) {
    return itemBytes + FRAME_BYTES <= bodyBytes;
}
/** Fill order for the places that are left. */
const FILL = ['fresh', 'again', 'background'];
function isReady({ isSettled }, lockRequest, locks, call) {
    return !isSettled && locks.canAcquire(lockRequest, call);
}
/**
 * Takes updates of a lane into one call: first those of the queue that has its turn, then others for the places that are
 * left. When taking an update unblocks another one of this lane, that one is queued at once.
 *
 * @returns a call without members when no update can be sent
 */
export function packBulkCall(lane, turn, locks, bounds) {
    const call = { members: [] };
    let bodyBytes = FRAME_BYTES;
    for (const name of [turn, ...FILL.filter((other) => other !== turn)]) {
        const queue = lane.queues[name];
        while (call.members.length < bounds.itemCount) {
            const { first } = queue;
            if (!first)
                break;
            if (!first.lockRequest || !isReady(first, first.lockRequest, locks, call)) {
                queue.shift(); // it is queued again when it is unblocked
                first.markWaiting();
                continue;
            }
            const itemBytes = first.item.bytes + 1;
            const isFull = first.mustSendAlone || bodyBytes + itemBytes > bounds.bodyBytes;
            if (call.members.length > 0 && isFull)
                break;
            queue.shift();
            first.markWaiting();
            bodyBytes += itemBytes;
            call.members.push(first);
            for (const sibling of locks.acquire(first.lockRequest, call)) {
                if (sibling.isReady || sibling.isHeld)
                    continue;
                if (sibling.submission.laneKey === lane.key)
                    lane.push(sibling);
            }
            if (first.mustSendAlone)
                return call;
        }
    }
    return call;
}
//# sourceMappingURL=pack-bulk-call.js.map