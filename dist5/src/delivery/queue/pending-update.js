import { randomUUID } from 'node:crypto';
import { readChildOutcomes } from '../settle/child-outcomes.js';
import { addStep } from '../explanation.js';
import { isSafeToRepeat } from '../update.js';
/** A submitted update: what is known of it so far, and the one outcome that it gets. */
export class PendingUpdate {
    update;
    submission;
    id = randomUUID();
    settled;
    explanation;
    /** What is sent next: without its points once they may have been credited. */
    item;
    lockRequest;
    /** What the latest call that carried its points proves about them. */
    creditFate = 'not-credited';
    /** Resolves when everything known about its points so far is recorded. */
    creditNoted = Promise.resolve();
    state = 'waiting';
    suspectedIn;
    hasBeenTaken = false;
    isUnprovable = false;
    resolve;
    outcome;
    callIds = [];
    failures = 0;
    upstreamRequestId;
    lastFailure;
    arePointsTakenOut = false;
    /** Why an earlier attempt may have been applied. Once set, the update ends as `updated` or `unknown`. */
    doubt;
    constructor(update, submission) {
        this.update = update;
        this.submission = submission;
        this.item = submission.item;
        this.settled = new Promise((resolve) => (this.resolve = resolve));
        this.explanation = {
            id: this.id,
            submittedAt: new Date(),
            priority: submission.priority,
            principal: submission.principal,
            lane: { ...update.route, kind: update.kind },
            steps: [],
        };
    }
    get isSettled() {
        return this.outcome !== undefined;
    }
    /** Whether it is queued in its lane. */
    get isReady() {
        return this.state === 'ready';
    }
    /** Whether it is in a call, from the moment it is taken until its locks are released. */
    get isInCall() {
        return this.state === 'preparing' || this.state === 'in-flight' || this.state === 'answered';
    }
    /** Whether it was ever taken into a call, even one that never left. */
    get wasInCall() {
        return this.hasBeenTaken;
    }
    /** Whether it must stay out of its lane, even when no other update blocks it. */
    get isHeld() {
        return this.isSettled || this.isInCall || this.state === 'backing-off' || this.isolation !== undefined;
    }
    /** The isolation that it is a suspect of. */
    get isolation() {
        return this.suspectedIn;
    }
    /** Whether two results in a row could not be proved to be its own: the only result of a call is. */
    get mustSendAlone() {
        return this.isUnprovable;
    }
    /** Why it is not sent (again), however much time is left. */
    get reasonToStop() {
        const { gone, stop } = this.submission;
        return stop.aborted ? 'shutting-down' : gone.aborted ? 'caller-gone' : undefined;
    }
    /** Whether it is in flight: sent, and not answered yet. */
    get isSent() {
        return this.state === 'in-flight';
    }
    /** How many attempts failed so that it must be sent again; an attempt is no failure when its call was only divided. */
    get failureCount() {
        return this.failures;
    }
    get attempt() {
        return this.callIds.length;
    }
    /** The id under which its credit is recorded. */
    get creditId() {
        return this.update.credit?.id ?? this.id;
    }
    /** Why an attempt may have been applied; undefined when none may have been. */
    get doubtReason() {
        return this.doubt;
    }
    get lastUpstreamRequestId() {
        return this.upstreamRequestId;
    }
    /** Whether sending `item` twice has the effect of sending it once. */
    get isSafeToRepeat() {
        return isSafeToRepeat(this.update) || this.arePointsTakenOut;
    }
    /** Its lane takes it into its queue. */
    markReady() {
        this.state = 'ready';
    }
    /** Its lane takes it out of its queue. */
    markWaiting() {
        this.state = 'waiting';
    }
    /** A call takes it; it may turn out that the call must leave without it. */
    markTaken() {
        this.state = 'preparing';
        this.hasBeenTaken = true;
    }
    /** Its call is over, and its locks are released. */
    leaveCall() {
        if (this.isInCall)
            this.state = 'waiting';
    }
    /** It waits before its next attempt. */
    startBackoff() {
        this.state = 'backing-off';
    }
    endBackoff() {
        this.state = 'waiting';
    }
    /** It was in a call that was refused as a whole: it waits for the calls that find the cause. */
    startIsolation(isolation) {
        this.suspectedIn = isolation;
    }
    endIsolation() {
        this.suspectedIn = undefined;
    }
    markSent(attempt) {
        this.callIds.push(attempt.callId);
        this.state = 'in-flight';
        if (!this.isSafeToRepeat)
            this.creditFate = 'not-credited';
        const { callId, itemCount, sentAt } = attempt;
        const purpose = this.purposeOf(attempt);
        const waitMs = Math.round(sentAt - this.submission.submittedAt);
        this.explain(sentAt, {
            event: 'sent',
            callId,
            purpose,
            itemCount,
            ...(this.attempt === 1 && { waitMs }),
        });
    }
    markAnswered(attempt, result, now) {
        const { upstreamRequestId, decidedBy } = result;
        this.state = 'answered';
        this.upstreamRequestId = upstreamRequestId ?? this.upstreamRequestId;
        this.explain(now, {
            event: 'answered',
            callId: attempt.callId,
            durationMs: Math.round(now - attempt.sentAt),
            answer: result.kind === 'answered' ? result.kind : `${result.kind}: ${result.reason}`,
            decidedBy,
            ...(upstreamRequestId !== undefined && { upstreamRequestId }),
        });
    }
    explain(now, step) {
        addStep(this.explanation, { afterMs: Math.round(now - this.submission.submittedAt), ...step });
    }
    settleUpdated({ result }, now) {
        const { customerId, identifiers, warnings } = result;
        if (this.arePointsTakenOut)
            return this.settleUnknown(this.doubt ?? 'points-in-doubt', now, 'all-but-points');
        const areInDoubt = warnings.some(({ type }) => type === 'points-in-doubt');
        this.creditFate = areInDoubt ? 'unknown' : 'credited';
        if (areInDoubt)
            this.doubt ??= 'points-in-doubt';
        this.settle({
            outcome: 'updated',
            ...(customerId !== undefined && { customerId }),
            identifiers,
            warnings,
            children: readChildOutcomes(this.update, result),
            ...this.sent(areInDoubt ? 'unknown' : 'yes'),
        }, now);
    }
    /**
     * Settles an update that is refused now; if an earlier attempt may have been applied, the refusal proves nothing
     * about that one.
     */
    settleRejected(errors, now, reason) {
        if (this.doubt !== undefined)
            return this.settleUnknown(this.doubt, now, undefined, errors);
        this.settle({ outcome: 'rejected', ...(reason !== undefined && { reason }), errors, ...this.sent('no') }, now);
    }
    /** Records a failed attempt; the doubt that it leaves outlives it. */
    fail(verdict) {
        if (verdict.reason === 'no-proof' && this.lastFailure?.reason === 'no-proof')
            this.isUnprovable = true;
        this.lastFailure = verdict;
        this.failures += 1;
        const { kind } = verdict.failure;
        if (kind === 'ambiguous' || (kind === 'update-failed' && !this.isSafeToRepeat)) {
            this.doubt ??= verdict.reason;
            if (!this.isSafeToRepeat)
                this.creditFate = 'unknown';
        }
    }
    /**
     * Takes out the points, which may have been credited, so that everything else can be sent again.
     *
     * @returns false when there is nothing to take out, or nothing left to send
     */
    takeOutPoints(item, now) {
        if (this.arePointsTakenOut || item === undefined)
            return false;
        this.arePointsTakenOut = true;
        this.item = item;
        this.explain(now, { event: 'points-taken-out' });
        return true;
    }
    /** Records that another process may have applied it. */
    markInDoubt(reason) {
        this.doubt ??= reason;
    }
    /**
     * Ends it without another attempt. In flight, or after an attempt that may have been applied, the outcome is unknown.
     */
    giveUp(reason, now, retryAfterMs = 0) {
        const { lastFailure, doubt } = this;
        const doubtNow = doubt ?? (this.isSent ? reason : undefined);
        if (doubtNow !== undefined)
            return this.settleUnknown(doubtNow, now);
        const failure = lastFailure?.failure;
        const namedMs = failure?.kind === 'not-processed' ? failure.retryAfterMs : 0;
        this.settle({
            outcome: 'failed',
            reason: lastFailure?.reason ?? reason,
            errors: lastFailure?.errors ?? [],
            retryAfterMs: Math.max(retryAfterMs, namedMs),
            ...this.sent('no'),
        }, now);
    }
    purposeOf({ isIsolation }) {
        if (isIsolation)
            return 'isolation';
        if (this.arePointsTakenOut)
            return 'without-points';
        return this.attempt === 1 ? 'first' : 'retry';
    }
    settleUnknown(reason, now, applied, errors = []) {
        this.settle({
            outcome: 'unknown',
            reason,
            isSafeToRepeat: isSafeToRepeat(this.update),
            errors,
            ...(applied && { applied }),
            ...this.sent('unknown'),
        }, now);
    }
    /**
     * @param points whether the points were credited; used when the update has any, and only then it is not safe to
     *   repeat
     */
    sent(points) {
        const { id, callIds, upstreamRequestId, creditId } = this;
        return {
            updateId: id,
            attempts: callIds.length,
            callIds,
            ...(upstreamRequestId !== undefined && { upstreamRequestId }),
            ...(!isSafeToRepeat(this.update) && {
                pointsCredited: points,
                ...(points === 'unknown' && { creditId }),
            }),
        };
    }
    settle(outcome, now) {
        if (this.outcome)
            return;
        this.outcome = outcome;
        this.explain(now, {
            event: 'settled',
            outcome: outcome.outcome,
            ...('reason' in outcome && outcome.reason !== undefined && { reason: outcome.reason }),
        });
        this.resolve(outcome);
    }
}
//# sourceMappingURL=pending-update.js.map