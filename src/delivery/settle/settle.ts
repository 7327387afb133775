import type { EventLog } from '../../observability/event-log.js';
import { measureItem } from '../../upstream/bulk-request.js';
import type { CallResult } from '../../upstream/call-result.js';
import { countsAsAnswer } from './count-answers.js';
import { isDivisible, isTooLarge, mayBeOfOne, reasonOf } from './divisible-refusal.js';
import type { Clock } from '../clock.js';
import type { InFlightCall } from '../call/in-flight-call.js';
import { Isolation } from './isolate.js';
import type { Lanes } from '../queue/lane.js';
import type { RecentRejections } from '../admission/recent-rejections.js';
import type { PendingUpdate } from '../queue/pending-update.js';
import { SizeSplit } from './size-split.js';
import { type FailedVerdict, type Verdict, readVerdicts } from './read-verdicts.js';
import { BACKOFF, PATIENT_BACKOFF, decideRetry } from './retry-decision.js';
import type { VendorCapacity } from '../capacity/vendor-capacity.js';

/** An update that is sent again after a while. */
export interface Retry {
  readonly one: PendingUpdate;
  readonly waitMs: number;
}

/** What follows from a call that is over. */
export interface Settled {
  /** The updates to send again. */
  readonly retries: readonly Retry[];
  /** The cause that an isolation found, which may not have been in this call. */
  readonly found?: PendingUpdate;
  /** Updates that are settled without having been in this call, as the vendor refuses all. */
  readonly abandoned?: readonly PendingUpdate[];
}

/** When an attempt ended, and whether its call carried one update only. */
interface Attempted {
  readonly now: number;
  /** Uniform in [0, 1). */
  readonly random: number;
  readonly isAlone: boolean;
}

const ALL_REFUSED: FailedVerdict = {
  kind: 'failed',
  failure: { kind: 'not-sent' },
  reason: 'all-refused',
  errors: [],
  canPass: false,
};

/** Decides for each update of a call that is over whether it is settled, is sent again, or is isolated with others. */
export class Settler {
  /** When the vendor last returned results for a call. */
  private lastResultsAt: number | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly lanes: Lanes,
    private readonly capacity: VendorCapacity,
    private readonly rejections: RecentRejections,
    private readonly log: EventLog,
    /** How many answers about an update of the background may fail. */
    private readonly maxAnswers: number,
  ) {}

  settle(call: InFlightCall, result: CallResult, now: number): Settled {
    const { members, isolation } = call;
    if (result.kind === 'answered') {
      for (const one of members) one.sizeSplit?.accepted();
      this.lastResultsAt = now;
    }
    if (isolation) return this.settleIsolationStep(call, isolation, result, now);
    if (members.length === 1 || !isDivisible(result)) {
      const retries = this.isolateDoubtful(call, result, this.settleEach(members, result, now), now);
      const abandoned = isTooLarge(result) ? members[0]?.sizeSplit?.refusedAlone() : undefined;
      return { retries, ...(abandoned && { abandoned: this.abandon(abandoned, result, now) }) };
    }
    if (isTooLarge(result)) {
      SizeSplit.of(members); // they are sent again, fewer at a time
      return { retries: [] };
    }
    const blamed = result.kind === 'refused' ? (result.rejectedPositions ?? []) : [];
    if (blamed.length > 0) {
      return { retries: blamed.flatMap((position) => this.rejectAlone(members[position], result, now)) };
    }
    this.isolate(call, members, result, now);
    return { retries: [] };
  }

  /**
   * Isolates the updates of the background that failed together twice in a row, as one of them may be the cause. The first
   * time they are sent together again, as most such failures pass.
   *
   * @returns the retries of the other updates
   */
  private isolateDoubtful(
    call: InFlightCall,
    result: CallResult,
    retries: readonly Retry[],
    now: number,
  ): readonly Retry[] {
    if (!mayBeOfOne(result)) return retries;
    const isSuspect = ({ one }: Retry): boolean =>
      one.submission.priority === 'background' && one.doubtfulFailures >= 2;
    const suspects = retries.filter(isSuspect).map(({ one }) => one);
    if (suspects.length < 2) return retries;
    this.isolate(call, suspects, result, now);
    return retries.filter((retry) => !isSuspect(retry));
  }

  private isolate(
    { lane, callId }: InFlightCall,
    members: readonly PendingUpdate[],
    result: CallResult,
    now: number,
  ): void {
    const isolation = new Isolation<PendingUpdate, CallResult>(members, result);
    for (const one of members) {
      one.startIsolation(isolation);
      one.explain(now, { event: 'isolation-begun', itemCount: members.length });
    }
    const facts = { callId, itemCount: members.length, because: reasonOf(result) };
    this.log.write('warn', 'isolation.begun', facts);
    this.lanes.isolate(lane, isolation);
  }

  private settleIsolationStep(
    { members, lane, callId }: InFlightCall,
    isolation: Isolation<PendingUpdate, CallResult>,
    result: CallResult,
    now: number,
  ): Settled {
    // Those of the background that fail together are isolated only when one of them may be the cause.
    const isDoubtful = mayBeOfOne(result) && members.every((one) => one.doubtfulFailures >= 2);
    const isRefused = (isDivisible(result) && !isTooLarge(result)) || isDoubtful;
    const retries: Retry[] = [];
    // Points that may have been credited do not leave again. The last one is settled when it is found.
    if (isDoubtful && members.length > 1) this.settleEach(members, result, now);
    if (!isRefused) {
      for (const one of members) one.endIsolation();
      if (members.length === 1 || !isTooLarge(result)) retries.push(...this.settleEach(members, result, now));
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
    const isAbandoned = isolation.isRefusedByAll;
    const abandoned = isAbandoned ? this.abandon(isolation.abandon(), result, now, retries) : [];
    if (isolation.members.length > 0) this.lanes.isolate(lane, isolation);
    return { retries, ...(found && { found: found.member }), abandoned };
  }

  /**
   * They have failed and are not rejected: no refusal was about one of them alone.
   *
   * @param retries gets those that are sent again, as the failure may pass
   */
  private abandon(
    members: readonly PendingUpdate[],
    result: CallResult,
    now: number,
    retries: Retry[] = [],
  ): readonly PendingUpdate[] {
    if (members.length > 0)
      this.log.write('warn', 'isolation.abandoned', { itemCount: members.length, because: reasonOf(result) });
    const random = this.clock.random();
    for (const one of members) {
      one.endIsolation();
      // A job can wait until it passes, unless the vendor refused the updates. A gateway says nothing about any of them.
      const isRefused = result.kind === 'refused' && result.reason !== 'no-verdict';
      const isOver = isRefused || one.submission.priority === 'interactive';
      const verdict = isOver ? ALL_REFUSED : readVerdicts(result, [one.update])[0];
      const waitMs = verdict && this.settleOne(one, verdict, result, { now, random, isAlone: false });
      if (waitMs !== undefined) retries.push({ one, waitMs });
    }
    return members.filter(({ isSettled }) => isSettled);
  }

  /** The update was refused alone: the refusal is its own. */
  private rejectAlone(member: PendingUpdate | undefined, refusal: CallResult, now: number): Retry[] {
    if (!member || member.isSettled) return [];
    member.endIsolation();
    member.explain(now, { event: 'isolated', because: reasonOf(refusal) });
    member.sendAlone();
    return this.settleEach([member], refusal, now);
  }

  private settleEach(members: readonly PendingUpdate[], result: CallResult, now: number): Retry[] {
    const verdicts = readVerdicts(
      result,
      members.map(({ update }) => update),
    );
    const random = this.clock.random(); // one for all, so that updates that failed together are sent again together
    return members.flatMap((one, position) => {
      if (
        result.kind === 'refused' &&
        result.isDivisible &&
        verdicts[position]?.kind === 'rejected' &&
        !isTooLarge(result)
      ) {
        this.rejections.add(one.submission.laneKey, one.item.json, result.errors, now);
      }
      const verdict = verdicts[position];
      const isAlone = members.length === 1;
      const waitMs = verdict && this.settleOne(one, verdict, result, { now, random, isAlone });
      return waitMs === undefined ? [] : [{ one, waitMs }];
    });
  }

  /** @returns after how long it is sent again; undefined when it is settled */
  private settleOne(
    one: PendingUpdate,
    verdict: Verdict,
    result: CallResult,
    { now, random, isAlone }: Attempted,
  ): number | undefined {
    one.explain(now, { event: 'classified', ...describeVerdict(verdict) });
    if (verdict.kind === 'failed') {
      one.fail(verdict, now, mayBeOfOne(result));
      this.countAnswer(one, verdict, result, { now, isAlone });
      return this.settleFailure(one, verdict, now, random);
    }
    if (verdict.kind === 'updated') one.settleUpdated(verdict, now);
    else one.settleRejected(verdict.errors, now, verdict.reason);
    return undefined;
  }

  private settleFailure(
    one: PendingUpdate,
    verdict: FailedVerdict,
    now: number,
    random: number,
  ): number | undefined {
    this.takeOutPoints(one, verdict, now);
    const { deadlineAt, priority } = one.submission;
    if (priority === 'background' && one.answerCount >= this.maxAnswers) {
      one.explain(now, { event: 'not-sent-again', because: 'attempts-used-up' });
      one.giveUpAfterAnswers(verdict, now);
      return undefined;
    }
    const isOver =
      one.reasonToStop !== undefined || (priority === 'interactive' && this.capacity.isBreakerOpen(now));
    const isPatient = priority === 'background' && one.answerCount > 0;
    const decision = decideRetry(
      {
        failure: verdict.failure,
        attempt: isPatient ? one.answerCount : one.failureCount,
        remainingMs: isOver ? 0 : deadlineAt - now,
        isSafeToRepeat: one.isSafeToRepeat,
      },
      isPatient ? PATIENT_BACKOFF : BACKOFF,
      random,
    );
    if (decision.retry && verdict.canPass) {
      one.explain(now, { event: 'waits-for-retry', waitMs: Math.round(decision.waitMs) });
      return decision.waitMs;
    }
    const because = decision.retry ? 'cannot-pass' : decision.because;
    one.explain(now, { event: 'not-sent-again', because });
    one.giveUp(verdict.reason, now, this.capacity.breakerOpenMs(now));
    return undefined;
  }

  private countAnswer(
    one: PendingUpdate,
    verdict: FailedVerdict,
    result: CallResult,
    { now, isAlone }: Omit<Attempted, 'random'>,
  ): void {
    const { answerCount, firstFailedAt = now, submission } = one;
    const { lastResultsAt } = this;
    const failed = { result, verdict, isAlone, answerCount, firstFailedAt, lastResultsAt, now };
    if (countsAsAnswer(failed)) one.countAnswer();
    submission.onFailure?.(verdict.reason, one.answerCount);
  }

  /** Points that may have been credited are not sent again, but everything else in the update is. */
  private takeOutPoints(one: PendingUpdate, { failure }: FailedVerdict, now: number): void {
    const mayBeCredited = failure.kind === 'ambiguous' || failure.kind === 'update-failed';
    const { credit } = one.update;
    if (one.isSafeToRepeat || !mayBeCredited || !credit || one.isSettled) return;
    one.takeOutPoints(measureItem(credit.itemWithoutPoints), now);
  }
}

/** Names the row of the code catalog that decided, and what it decided. */
function describeVerdict(verdict: Verdict): { because: string; decidedBy?: string } {
  const errors = verdict.kind === 'updated' ? verdict.result.warnings : verdict.errors;
  const rows = errors.map(({ code, type, status }) => `${code}: ${type} (${status})`);
  return {
    because: verdict.kind === 'failed' ? `failed: ${verdict.reason}` : verdict.kind,
    ...(rows.length > 0 && { decidedBy: rows.join(', ') }),
  };
}
