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
import { SizeSplit } from './size-split.js';
import { type FailedVerdict, type Verdict, readVerdicts } from './read-verdicts.js';
import { BACKOFF, decideRetry } from './retry-decision.js';
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

const ALL_REFUSED: FailedVerdict = {
  kind: 'failed',
  failure: { kind: 'not-sent' },
  reason: 'all-refused',
  errors: [],
  canPass: false,
};

/** Decides for each update of a call that is over whether it is settled, is sent again, or is isolated with others. */
export class Settler {
  constructor(
    private readonly clock: Clock,
    private readonly lanes: Lanes,
    private readonly capacity: VendorCapacity,
    private readonly rejections: RecentRejections,
    private readonly log: EventLog,
  ) {}

  settle(call: InFlightCall, result: CallResult, now: number): Settled {
    const { members, isolation } = call;
    if (result.kind === 'answered') for (const one of members) one.sizeSplit?.accepted();
    if (isolation) return this.settleIsolationStep(call, isolation, result, now);
    if (members.length === 1 || !isDivisible(result)) {
      const retries = this.settleEach(members, result, now);
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
  ): Settled {
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
    const abandoned = isolation.isRefusedByAll ? this.abandon(isolation.abandon(), result, now) : [];
    if (isolation.members.length > 0) this.lanes.isolate(lane, isolation);
    return { retries, ...(found && { found: found.member }), abandoned };
  }

  /** They have failed and are not rejected: no refusal was about one of them alone. */
  private abandon(
    members: readonly PendingUpdate[],
    result: CallResult,
    now: number,
  ): readonly PendingUpdate[] {
    if (members.length > 0)
      this.log.write('warn', 'isolation.abandoned', { itemCount: members.length, because: reasonOf(result) });
    for (const one of members) {
      one.endIsolation();
      this.settleOne(one, ALL_REFUSED, now, 0);
    }
    return members;
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
      if (
        result.kind === 'refused' &&
        result.isDivisible &&
        verdicts[position]?.kind === 'rejected' &&
        !isTooLarge(result)
      ) {
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
    else one.settleRejected(verdict.errors, now, verdict.reason);
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
