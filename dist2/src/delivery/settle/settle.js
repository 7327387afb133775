import { measureItem } from '../../upstream/bulk-request.js';
import { isDivisible, isTooLarge, reasonOf } from './divisible-refusal.js';
import { Isolation } from './isolate.js';
import { readVerdicts } from './read-verdicts.js';
import { BACKOFF, decideRetry } from './retry-decision.js';
/** Decides for each update of a call that is over whether it is settled, is sent again, or is isolated with others. */
export class Settler {
    clock;
    lanes;
    capacity;
    rejections;
    log;
    constructor(clock, lanes, capacity, rejections, log) {
        this.clock = clock;
        this.lanes = lanes;
        this.capacity = capacity;
        this.rejections = rejections;
        this.log = log;
    }
    /** @returns the updates to send again, and the cause that an isolation found, which may not have been in this call */
    settle(call, result, now) {
        const { members, isolation } = call;
        if (isolation)
            return this.settleIsolationStep(call, isolation, result, now);
        if (members.length === 1 || !isDivisible(result))
            return { retries: this.settleEach(members, result, now) };
        if (isTooLarge(result))
            return { retries: [] }; // they are sent again, fewer at a time
        const blamed = result.kind === 'refused' ? (result.rejectedPositions ?? []) : [];
        if (blamed.length > 0) {
            return { retries: blamed.flatMap((position) => this.rejectAlone(members[position], result, now)) };
        }
        this.isolate(call, result, now);
        return { retries: [] };
    }
    isolate({ members, lane, callId }, result, now) {
        const isolation = new Isolation(members, result);
        for (const one of members) {
            one.startIsolation(isolation);
            one.explain(now, { event: 'isolation-begun', itemCount: members.length });
        }
        const facts = { callId, itemCount: members.length, because: reasonOf(result) };
        this.log.write('warn', 'isolation.begun', facts);
        this.lanes.isolate(lane, isolation);
    }
    settleIsolationStep({ members, lane, callId }, isolation, result, now) {
        const isRefused = isDivisible(result) && !isTooLarge(result);
        const retries = [];
        if (!isRefused) {
            for (const one of members)
                one.endIsolation();
            if (members.length === 1 || !isTooLarge(result))
                retries.push(...this.settleEach(members, result, now));
        }
        const found = isRefused
            ? isolation.refused(result)
            : result.kind === 'answered'
                ? isolation.passed()
                : isolation.restart((one) => !one.isSettled && one.isolation === isolation);
        if (found) {
            this.log.write('warn', 'isolation.found', { callId, because: reasonOf(found.refusal) });
            retries.push(...this.rejectAlone(found.member, found.refusal, now));
        }
        if (isolation.members.length > 0)
            this.lanes.isolate(lane, isolation);
        return { retries, ...(found && { found: found.member }) };
    }
    /** The update was refused alone: the refusal is its own. */
    rejectAlone(member, refusal, now) {
        if (!member || member.isSettled)
            return [];
        member.endIsolation();
        member.explain(now, { event: 'isolated', because: reasonOf(refusal) });
        return this.settleEach([member], refusal, now);
    }
    settleEach(members, result, now) {
        const verdicts = readVerdicts(result, members.map(({ update }) => update));
        const random = this.clock.random(); // one for all, so that updates that failed together are sent again together
        return members.flatMap((one, position) => {
            if (result.kind === 'refused' && isDivisible(result) && !isTooLarge(result)) {
                this.rejections.add(one.submission.laneKey, one.item.json, result.errors, now);
            }
            const verdict = verdicts[position];
            const waitMs = verdict && this.settleOne(one, verdict, now, random);
            return waitMs === undefined ? [] : [{ one, waitMs }];
        });
    }
    /** @returns after how long it is sent again; undefined when it is settled */
    settleOne(one, verdict, now, random) {
        one.explain(now, { event: 'classified', ...describeVerdict(verdict) });
        if (verdict.kind === 'failed')
            return this.settleFailure(one, verdict, now, random);
        if (verdict.kind === 'updated')
            one.settleUpdated(verdict, now);
        else
            one.settleRejected(verdict.errors, now);
        return undefined;
    }
    settleFailure(one, verdict, now, random) {
        one.fail(verdict);
        this.takeOutPoints(one, verdict, now);
        const { deadlineAt, priority } = one.submission;
        const isOver = one.reasonToStop !== undefined || (priority === 'interactive' && this.capacity.isBreakerOpen(now));
        const decision = decideRetry({
            failure: verdict.failure,
            attempt: one.failureCount,
            remainingMs: isOver ? 0 : deadlineAt - now,
            isSafeToRepeat: one.isSafeToRepeat,
        }, BACKOFF, random);
        if (decision.retry && verdict.canPass) {
            one.explain(now, { event: 'waits-for-retry', waitMs: Math.round(decision.waitMs) });
            return decision.waitMs;
        }
        const because = decision.retry ? 'cannot-pass' : decision.because;
        one.explain(now, { event: 'not-sent-again', because });
        one.giveUp(verdict.reason, now, this.capacity.breakerOpenMs(now));
        return undefined;
    }
    /** Points that may have been credited are not sent again, but everything else in the update is. */
    takeOutPoints(one, { failure }, now) {
        const mayBeCredited = failure.kind === 'ambiguous' || failure.kind === 'update-failed';
        const { credit } = one.update;
        if (one.isSafeToRepeat || !mayBeCredited || !credit || one.isSettled)
            return;
        one.takeOutPoints(measureItem(credit.itemWithoutPoints), now);
    }
}
/** Names the row of the code catalog that decided, and what it decided. */
function describeVerdict(verdict) {
    const errors = verdict.kind === 'updated' ? verdict.result.warnings : verdict.errors;
    const rows = errors.map(({ code, type, status }) => `${code}: ${type} (${status})`);
    return {
        because: verdict.kind === 'failed' ? `failed: ${verdict.reason}` : verdict.kind,
        ...(rows.length > 0 && { decidedBy: rows.join(', ') }),
    };
}
//# sourceMappingURL=settle.js.map