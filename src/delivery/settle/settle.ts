import type { EventLog } from '../../observability/event-log.js';
import { measureItem } from '../../upstream/bulk-request.js';
import type { CallResult } from '../../upstream/call-result.js';
import { isDivisible, isTooLarge, reasonOf } from './divisible-refusal.js';
import type { Clock } from '../clock.js';
import type { Flight } from '../call/in-flight-call.js';
import { Isolation } from './isolate.js';
import type { Lanes } from '../queue/lane.js';
import type { Offenders } from '../admission/recent-rejections.js';
import type { PendingUpdate } from '../queue/pending-update.js';
import { type FailedVerdict, type Verdict, readVerdicts } from './read-verdicts.js';
import { BACKOFF, decideRetry } from './retry-decision.js';
import type { VendorLimits } from '../capacity/vendor-capacity.js';

/** An update that is sent again after a while. */
export interface Rest {
  readonly one: PendingUpdate;
  readonly waitMs: number;
}

/**
 * Says of each update of a call that is over whether it is settled, goes again, or stands under suspicion with others.
 */
export class Judge {
  constructor(
    private readonly clock: Clock,
    private readonly lanes: Lanes,
    private readonly limits: VendorLimits,
    private readonly offenders: Offenders,
    private readonly log: EventLog,
  ) {}

  /**
   * @returns who rests before another attempt; and an offender that was found, who may not have been in this call
   */
  judge(flight: Flight, result: CallResult, now: number): { rests: Rest[]; found?: PendingUpdate } {
    const { members, isolation } = flight;
    if (isolation) return this.judgeStep(flight, isolation, result, now);
    if (members.length === 1 || !isDivisible(result)) return { rests: this.judgeEach(members, result, now) };
    if (isTooLarge(result)) return { rests: [] }; // they go again, fewer at a time
    const blamed = result.kind === 'refused' ? (result.offenders ?? []) : [];
    if (blamed.length > 0) {
      return { rests: blamed.flatMap((position) => this.condemn(members[position], result, now)) };
    }
    this.isolate(flight, result, now);
    return { rests: [] };
  }

  private isolate({ members, lane, callId }: Flight, result: CallResult, now: number): void {
    const isolation = new Isolation<PendingUpdate, CallResult>(members, result);
    for (const one of members) {
      one.isolation = isolation;
      one.explain(now, { event: 'isolation-begun', itemCount: members.length });
    }
    const facts = { callId, itemCount: members.length, because: reasonOf(result) };
    this.log.write('warn', 'isolation.begun', facts);
    this.lanes.isolate(lane, isolation);
  }

  private judgeStep(
    { members, lane, callId }: Flight,
    isolation: Isolation<PendingUpdate, CallResult>,
    result: CallResult,
    now: number,
  ): { rests: Rest[]; found?: PendingUpdate } {
    const isRefused = isDivisible(result) && !isTooLarge(result);
    const rests: Rest[] = [];
    if (!isRefused) {
      for (const one of members) one.isolation = undefined;
      if (members.length === 1 || !isTooLarge(result)) rests.push(...this.judgeEach(members, result, now));
    }
    const found = isRefused
      ? isolation.refused(result)
      : result.kind === 'answered'
        ? isolation.passed()
        : isolation.restart((one) => !one.isSettled && one.isolation === isolation);
    if (found) {
      this.log.write('warn', 'isolation.found', { callId, because: reasonOf(found.refusal) });
      rests.push(...this.condemn(found.offender, found.refusal, now));
    }
    if (isolation.members.length > 0) this.lanes.isolate(lane, isolation);
    return { rests, ...(found && { found: found.offender }) };
  }

  /** It stands alone: the refusal was its own. */
  private condemn(offender: PendingUpdate | undefined, refusal: CallResult, now: number): Rest[] {
    if (!offender || offender.isSettled) return [];
    offender.isolation = undefined;
    offender.explain(now, { event: 'isolated', because: reasonOf(refusal) });
    return this.judgeEach([offender], refusal, now);
  }

  private judgeEach(members: readonly PendingUpdate[], result: CallResult, now: number): Rest[] {
    const verdicts = readVerdicts(
      result,
      members.map(({ update }) => update),
    );
    const dice = this.clock.dice(); // one for all, so that those who failed together go again together
    return members.flatMap((one, position) => {
      if (result.kind === 'refused' && isDivisible(result) && !isTooLarge(result)) {
        this.offenders.add(one.submission.laneKey, one.item.json, result.errors, now);
      }
      const verdict = verdicts[position];
      const waitMs = verdict && this.judgeOne(one, verdict, now, dice);
      return waitMs === undefined ? [] : [{ one, waitMs }];
    });
  }

  /** @returns after how long it goes again; undefined where it is settled */
  private judgeOne(one: PendingUpdate, verdict: Verdict, now: number, dice: number): number | undefined {
    one.explain(now, { event: 'judged', ...describeVerdict(verdict) });
    if (verdict.kind === 'failed') return this.judgeFailure(one, verdict, now, dice);
    if (verdict.kind === 'updated') one.settleUpdated(verdict, now);
    else one.settleRejected(verdict.errors, now);
    return undefined;
  }

  private judgeFailure(
    one: PendingUpdate,
    verdict: FailedVerdict,
    now: number,
    dice: number,
  ): number | undefined {
    one.fail(verdict);
    this.takeOutPoints(one, verdict, now);
    const { deadlineAt, priority } = one.submission;
    const isOver =
      one.reasonToStop !== undefined || (priority === 'interactive' && this.limits.isResting(now));
    const decision = decideRetry(
      {
        failure: verdict.failure,
        attempt: one.failureCount,
        remainingMs: isOver ? 0 : deadlineAt - now,
        isSafeToRepeat: one.isSafeToRepeat,
      },
      BACKOFF,
      dice,
    );
    if (decision.retry && verdict.canPass) {
      one.explain(now, { event: 'waits-for-retry', waitMs: Math.round(decision.waitMs) });
      return decision.waitMs;
    }
    const because = decision.retry ? 'cannot-pass' : decision.because;
    one.explain(now, { event: 'not-sent-again', because });
    one.giveUp(verdict.reason, now, this.limits.restMs(now));
    return undefined;
  }

  /** What may have been credited is not sent again, but the rest of the update is. */
  private takeOutPoints(one: PendingUpdate, { failure }: FailedVerdict, now: number): void {
    const mayBeCredited = failure.kind === 'ambiguous' || failure.kind === 'update-failed';
    const { itemWithoutPoints } = one.update;
    if (one.isSafeToRepeat || !mayBeCredited || !itemWithoutPoints || one.isSettled) return;
    one.takeOutPoints(measureItem(itemWithoutPoints), now);
  }
}

/** The row of the catalogue that decided, and what it decided. */
function describeVerdict(verdict: Verdict): { because: string; decidedBy?: string } {
  const errors = verdict.kind === 'updated' ? verdict.result.warnings : verdict.errors;
  const rows = errors.map(({ code, type, status }) => `${code}: ${type} (${status})`);
  return {
    because: verdict.kind === 'failed' ? `failed: ${verdict.reason}` : verdict.kind,
    ...(rows.length > 0 && { decidedBy: rows.join(', ') }),
  };
}
