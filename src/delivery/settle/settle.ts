import type { EventLog } from '../../observability/event-log.js';
import { measureItem } from '../../upstream/bulk-request.js';
import type { CallResult } from '../../upstream/call-result.js';
import { isDivisible, isTooLarge, reasonOf } from './divisible-refusal.js';
import type { Clock } from '../clock.js';
import type { InFlightCall } from '../call/in-flight-call.js';
import { Isolation } from './isolate.js';
import type { Lanes } from '../queue/lane.js';
import type { RecentRejections } from '../admission/recent-rejections.js';
import type { PendingUpdate } from '../queue/pending-update.js';
import { type FailedVerdict, type Verdict, readVerdicts } from './read-verdicts.js';
import { BACKOFF, decideRetry } from './retry-decision.js';
import type { VendorCapacity } from '../capacity/vendor-capacity.js';

/** An update that is sent again after a while. */
export interface Retry {
  readonly one: PendingUpdate;
  readonly waitMs: number;
}

/** Decides for each update of a call that is over whether it is settled, is sent again, or is isolated with others. */
export class Settler {
  constructor(
    private readonly clock: Clock,
    private readonly lanes: Lanes,
    private readonly capacity: VendorCapacity,
    private readonly rejections: RecentRejections,
    private readonly log: EventLog,
  ) {}

  /** @returns the updates to send again, and the cause that an isolation found, which may not have been in this call */
  settle(call: InFlightCall, result: CallResult, now: number): { retries: Retry[]; found?: PendingUpdate } {
    const { members, isolation } = call;
    if (isolation) return this.settleIsolationStep(call, isolation, result, now);
    if (members.length === 1 || !isDivisible(result))
      return { retries: this.settleEach(members, result, now) };
    if (isTooLarge(result)) return { retries: [] }; // they are sent again, fewer at a time
    const blamed = result.kind === 'refused' ? (result.rejectedPositions ?? []) : [];
    if (blamed.length > 0) {
      return { retries: blamed.flatMap((position) => this.rejectAlone(members[position], result, now)) };
    }
    this.isolate(call, result, now);
    return { retries: [] };
  }

  private isolate({ members, lane, callId }: InFlightCall, result: CallResult, now: number): void {
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
  ): { retries: Retry[]; found?: PendingUpdate } {
    const isRefused = isDivisible(result) && !isTooLarge(result);
    const retries: Retry[] = [];
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
    if (isolation.members.length > 0) this.lanes.isolate(lane, isolation);
    return { retries, ...(found && { found: found.member }) };
  }

  /** The update was refused alone: the refusal is its own. */
  private rejectAlone(member: PendingUpdate | undefined, refusal: CallResult, now: number): Retry[] {
    if (!member || member.isSettled) return [];
    member.endIsolation();
    member.explain(now, { event: 'isolated', because: reasonOf(refusal) });
    return this.settleEach([member], refusal, now);
  }

  private settleEach(members: readonly PendingUpdate[], result: CallResult, now: number): Retry[] {
    const verdicts = readVerdicts(
      result,
      members.map(({ update }) => update),
    );
    const random = this.clock.random(); // one for all, so that updates that failed together are sent again together
    return members.flatMap((one, position) => {
      if (result.kind === 'refused' && result.isDivisible && verdicts[position]?.kind === 'rejected') {
        this.rejections.add(one.submission.laneKey, one.item.json, result.errors, now);
      }
      const verdict = verdicts[position];
      const waitMs = verdict && this.settleOne(one, verdict, now, random);
      return waitMs === undefined ? [] : [{ one, waitMs }];
    });
  }

  /** @returns after how long it is sent again; undefined when it is settled */
  private settleOne(one: PendingUpdate, verdict: Verdict, now: number, random: number): number | undefined {
    one.explain(now, { event: 'classified', ...describeVerdict(verdict) });
    if (verdict.kind === 'failed') return this.settleFailure(one, verdict, now, random);
    if (verdict.kind === 'updated') one.settleUpdated(verdict, now);
    else one.settleRejected(verdict.errors, now);
    return undefined;
  }

  private settleFailure(
    one: PendingUpdate,
    verdict: FailedVerdict,
    now: number,
    random: number,
  ): number | undefined {
    one.fail(verdict);
    this.takeOutPoints(one, verdict, now);
    const { deadlineAt, priority } = one.submission;
    const isOver =
      one.reasonToStop !== undefined || (priority === 'interactive' && this.capacity.isBreakerOpen(now));
    const decision = decideRetry(
      {
        failure: verdict.failure,
        attempt: one.failureCount,
        remainingMs: isOver ? 0 : deadlineAt - now,
        isSafeToRepeat: one.isSafeToRepeat,
      },
      BACKOFF,
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
