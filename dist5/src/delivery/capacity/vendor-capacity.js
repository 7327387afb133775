import { LearnedBatchSize } from './learned-batch-size.js';
import { isTooLarge } from '../settle/divisible-refusal.js';
import { CircuitBreaker } from './circuit-breaker.js';
/** The largest share of a caller's time that is reserved for the call itself. */
const MOST_FOR_CALL = 0.25;
/** The weight of the latest call in the average duration of a call. */
const LATEST_WEIGHT = 0.2;
/**
 * How much the vendor can take, as configured and as learned from its responses: open calls, calls per minute, updates
 * in a call, and whether the breaker lets calls through.
 */
export class VendorCapacity {
    settings;
    quota;
    log;
    sizes;
    breaker = new CircuitBreaker();
    openCalls = 0;
    averageCallMs = 0;
    constructor(settings, quota, log) {
        this.settings = settings;
        this.quota = quota;
        this.log = log;
        const { UPSTREAM_MAX_BATCH, UPSTREAM_MAX_BATCH_ASSOCIATIONS } = settings;
        this.sizes = {
            customer: new LearnedBatchSize(UPSTREAM_MAX_BATCH),
            association: new LearnedBatchSize(UPSTREAM_MAX_BATCH_ASSOCIATIONS ?? UPSTREAM_MAX_BATCH),
        };
    }
    /** Whether as many calls are open as the configuration allows. */
    get isFull() {
        return this.openCalls >= this.settings.UPSTREAM_MAX_CONCURRENCY;
    }
    /** The most updates and the most bytes of a call. */
    boundsOf(kind) {
        return { itemCount: this.sizes[kind].size, bodyBytes: this.settings.UPSTREAM_MAX_BODY_BYTES };
    }
    breakerState(now) {
        return this.breaker.state(now);
    }
    /** Whether the circuit breaker is open, as too many calls failed. */
    isBreakerOpen(now) {
        return this.breakerState(now) === 'open';
    }
    /** How long the breaker stays open; 0 when it is not open. */
    breakerOpenMs(now) {
        return Math.max(0, (this.breaker.halfOpensAt ?? now) - now);
    }
    /** When a call may leave, or `now`; Infinity while it waits for another call to end. */
    callAt(now, callClass) {
        if (this.isFull)
            return Infinity;
        if (!this.breaker.mayCall(now, this.openCalls))
            return now + (this.breakerOpenMs(now) || Infinity);
        return this.quota.nextAt(now, callClass);
    }
    /**
     * Returns when the nth call from now could leave, if nothing goes wrong.
     *
     * @param inARow how many of the calls before it must end one after the other
     */
    timeOf(nth, inARow, now) {
        const { UPSTREAM_MAX_CONCURRENCY: slots } = this.settings;
        const roundsBefore = Math.max((this.openCalls + nth - slots) / slots, inARow, 0);
        return Math.max(this.quota.timeOf(nth, now), now + roundsBefore * this.averageCallMs);
    }
    /**
     * How long before its deadline an update must leave: a later answer would leave its caller in doubt. That is the
     * duration of recent calls, within a share of the caller's time: a vendor that was slow must not keep out the callers
     * who would find that it no longer is.
     */
    timeToAnswer({ submittedAt, deadlineAt }) {
        return Math.min(this.averageCallMs, (deadlineAt - submittedAt) * MOST_FOR_CALL);
    }
    /** How long until this many of the pending updates will have left. */
    roomAfterMs(itemCount, now) {
        const calls = Math.ceil(itemCount / this.sizes.customer.size);
        return this.quota.timeOf(calls, now) - now + this.averageCallMs;
    }
    begin(now) {
        this.quota.take(now);
        this.openCalls += 1;
    }
    /**
     * Learns from the end of a call.
     *
     * @returns whether the breaker opens with it
     */
    end(call, result, now) {
        this.openCalls -= 1;
        if (call.members.length === 0) {
            this.quota.giveBack(call.callId); // it never left
            return false;
        }
        this.quota.end(call.callId, now);
        const callMs = now - call.sentAt;
        this.averageCallMs += (callMs - this.averageCallMs) * (this.averageCallMs === 0 ? 1 : LATEST_WEIGHT);
        this.learnPace(call, result, now);
        this.learnSize(call, result, now);
        return this.learnHealth(result, now);
    }
    learnPace({ callId }, result, now) {
        if (result.kind === 'not-processed' && result.reason === 'rate-limited') {
            this.quota.refused(callId, result.retryAfterMs, now);
        }
        else if (result.kind !== 'not-sent') {
            this.quota.accepted(now);
        }
    }
    learnSize({ lane, itemCount, callId }, result, now) {
        const size = this.sizes[lane.kind];
        if (result.kind === 'answered') {
            const batchSize = size.passed(itemCount, now);
            if (batchSize !== undefined)
                this.log.write('info', 'batch-size.probed', { batchSize });
        }
        if (isTooLarge(result) && itemCount > 1) {
            const batchSize = size.tooLarge(itemCount, now);
            if (batchSize !== undefined)
                this.log.write('warn', 'batch-size.learned', { callId, batchSize });
        }
    }
    learnHealth(result, now) {
        const state = isAboutHealth(result) ? this.breaker.note(isSick(result), now) : undefined;
        if (state === undefined)
            return false;
        this.log.write('warn', state === 'open' ? 'breaker.opened' : 'breaker.closed', {
            waitMs: Math.round(this.breakerOpenMs(now)),
        });
        return state === 'open';
    }
}
/** Whether a result proves anything about the vendor's health: a refused credential or a used-up minute does not. */
function isAboutHealth(result) {
    return (result.kind === 'answered' ||
        (result.reason !== 'rate-limited' &&
            result.reason !== 'credentials-refused' &&
            result.reason !== 'customer-busy'));
}
function isSick(result) {
    return result.kind === 'not-sent' || result.kind === 'not-processed' || result.kind === 'ambiguous';
}
//# sourceMappingURL=vendor-capacity.js.map