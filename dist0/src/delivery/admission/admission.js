import { fitsAlone } from '../call/pack-bulk-call.js';
import { ownedKeys } from '../update.js';
/**
 * Calls leave later than computed, by about this share of the wait: other updates need retries, and timers are late.
 */
const DELAY_SHARE = 0.1;
/**
 * Admission control: admits what can be delivered in time, and rejects everything else at once, with the time after
 * which it could work.
 */
export class Admission {
    settings;
    pending;
    capacity;
    rejections;
    constructor(settings, pending, capacity, rejections) {
        this.settings = settings;
        this.pending = pending;
        this.capacity = capacity;
        this.rejections = rejections;
    }
    /** Explains why there is no room for these updates together; undefined when there is. */
    refusalOfAll(arrived, now) {
        const { MAX_PENDING_UPDATES, MAX_PENDING_BYTES } = this.settings;
        const bytes = arrived.reduce((sum, { item }) => sum + item.bytes, 0);
        const hasRoom = this.pending.count + arrived.length <= MAX_PENDING_UPDATES &&
            this.pending.bytes + bytes <= MAX_PENDING_BYTES;
        if (hasRoom)
            return undefined;
        const retryAfterMs = this.capacity.roomAfterMs(arrived.length, now);
        return { kind: 'failed', reason: 'too-many-pending', retryAfterMs };
    }
    /**
     * Explains why the next update cannot be admitted, whatever is in it; undefined when it may be.
     *
     * @param lane absent where it is not known: then only the room for pending updates counts
     */
    refusalOfNext(lane, deadlineAt, now) {
        const { MAX_PENDING_UPDATES, MAX_PENDING_BYTES } = this.settings;
        if (this.pending.count >= MAX_PENDING_UPDATES || this.pending.bytes >= MAX_PENDING_BYTES) {
            return { kind: 'failed', reason: 'too-many-pending', retryAfterMs: this.capacity.roomAfterMs(1, now) };
        }
        // While the breaker is open, the update has another refusal to expect than the one of its deadline.
        if (!lane || this.capacity.isBreakerOpen(now))
            return undefined;
        const leavesAt = this.earliestFor(lane, 0, now);
        return this.refusalOfDeadline(leavesAt, { submittedAt: now, deadlineAt }, now);
    }
    /** Explains why this update is not admitted; undefined when it is. */
    refusalOf(one, now) {
        const { item, laneKey, priority } = one.submission;
        if (!fitsAlone(item.bytes, this.capacity.boundsOf(one.update.kind))) {
            return { kind: 'rejected', reason: 'update-too-large', errors: [] };
        }
        const errors = this.rejections.find(laneKey, item.json, now);
        if (errors)
            return { kind: 'rejected', reason: 'recently-rejected', errors };
        const reason = one.reasonToStop;
        if (reason)
            return { kind: 'failed', reason, retryAfterMs: 0 };
        if (priority === 'background')
            return undefined;
        if (this.capacity.isBreakerOpen(now)) {
            return { kind: 'failed', reason: 'breaker-open', retryAfterMs: this.capacity.breakerOpenMs(now) };
        }
        const ofCustomer = this.pending.locks.depth(ownedKeys(one.update));
        const leavesAt = this.earliestFor({ laneKey, kind: one.update.kind }, ofCustomer, now);
        return this.refusalOfDeadline(leavesAt, one.submission, now);
    }
    /** Explains that the answer to a call that leaves then would be too late; undefined when it would not. */
    refusalOfDeadline(leavesAt, submission, now) {
        const answeredAt = leavesAt + (leavesAt - now) * DELAY_SHARE + this.capacity.timeToAnswer(submission);
        const missingMs = answeredAt - submission.deadlineAt;
        // A caller that comes back then with as much time can still be served.
        return missingMs > 0
            ? { kind: 'failed', reason: 'deadline-unreachable', retryAfterMs: missingMs }
            : undefined;
    }
    /**
     * Returns the earliest time at which a call could leave: after the calls before it in its lane, in other lanes, and of
     * its customer.
     *
     * @param ofCustomer how many updates of the customer are before it
     */
    earliestFor({ laneKey, kind }, ofCustomer, now) {
        const { lanes } = this.pending;
        const { itemCount } = this.capacity.boundsOf(kind);
        const before = lanes.get(laneKey)?.interactiveCount ?? 0;
        const inLane = Math.ceil((before + 1) / itemCount) + Math.max(0, lanes.busyCount - 1);
        return this.capacity.timeOf(Math.max(inLane, ofCustomer), ofCustomer - 1, now);
    }
}
//# sourceMappingURL=admission.js.map