import { measureItem } from '../../upstream/bulk-request.js';
import { Lanes, laneKey } from '../queue/lane.js';
import { CustomerLocks } from '../queue/customer-locks.js';
import { packBulkCall } from './pack-bulk-call.js';
import { PendingUpdate } from '../queue/pending-update.js';
import { ownedKeys } from '../update.js';
const NEVER = new AbortController().signal;
/**
 * Plans the bulk calls that these updates would be packed into if nothing else was pending.
 *
 * @returns waves of calls; each call is a list of positions in `updates`. Calls of one wave may be in flight together,
 *   and the next wave waits for them
 */
export function planBulkCalls(updates, boundsOf) {
    const locks = new CustomerLocks();
    const lanes = new Lanes();
    const add = (update, sequence) => {
        const pending = new PendingUpdate(update, {
            laneKey: laneKey(update),
            item: measureItem(update.item),
            priority: 'interactive',
            submittedAt: 0,
            deadlineAt: Infinity,
            gone: NEVER,
            stop: NEVER,
            sequence,
        });
        lanes.of(pending.submission.laneKey, update.kind);
        pending.lockRequest = locks.enqueue(pending, ownedKeys(update), update.parent);
        return pending;
    };
    let free = updates.map(add).filter(({ lockRequest }) => lockRequest && locks.canAcquire(lockRequest));
    const waves = [];
    while (free.length > 0) {
        free.forEach((pending) => lanes.push(pending));
        const calls = [];
        for (let lane = lanes.first('fresh'); lane; lane = lanes.first('fresh')) {
            const { members } = packBulkCall(lane, 'fresh', locks, boundsOf(lane.kind));
            lanes.rotate(lane, 'fresh');
            if (members.length > 0)
                calls.push(members);
        }
        waves.push(calls.map((members) => members.map(({ submission }) => submission.sequence)));
        const requests = calls.flat().flatMap(({ lockRequest }) => lockRequest ?? []);
        free = locks.release(requests, () => false);
    }
    return waves;
}
//# sourceMappingURL=plan-dry-run.js.map