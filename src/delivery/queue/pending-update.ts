import { randomUUID } from 'node:crypto';
import type { CallResult } from '../../upstream/call-result.js';
import type { MeasuredItem } from '../../upstream/bulk-request.js';
import type { CreditFate } from '../../records/credits.repository.js';
import { readChildOutcomes } from '../settle/child-outcomes.js';
import { type CallPurpose, type Explanation, type Step, addStep } from '../explanation.js';
import type { Isolation } from '../settle/isolate.js';
import type { SizeSplit } from '../settle/size-split.js';
import type { UpdateTrace } from '../trace-updates.js';
import type { LockRequest } from './customer-locks.js';
import type { Outcome, OutcomeReason, PointsCredited, VendorMessage } from '../outcome.js';
import { nameParts } from '../settle/name-parts.js';
import type { FailedVerdict, Verdict } from '../settle/read-verdicts.js';
import { type Update, isSafeToRepeat } from '../update.js';

/** Who waits for it: a caller, or a job that can wait. */
export type Priority = Explanation['priority'];

export interface Submission {
  readonly laneKey: string;
  readonly item: MeasuredItem;
  readonly priority: Priority;
  readonly principal?: string | undefined;
  readonly requestId?: string | undefined;
  readonly importId?: string | undefined;
  /** In milliseconds of the clock of delivery. */
  readonly submittedAt: number;
  readonly deadlineAt: number;
  /** Aborted when the caller disconnects. */
  readonly gone: AbortSignal;
  /** Aborted when no update is sent any more. */
  readonly stop: AbortSignal;
  /** Its position among all updates: a later one has a higher number. */
  readonly sequence: number;
  /** How many failed answers about it counted before it was submitted. */
  readonly answerCount?: number;
  /** Called after each failed attempt, with the number of failed answers that count. */
  readonly onFailure?: (reason: OutcomeReason, answerCount: number) => void;
  /** Called once it has its outcome. */
  readonly onSettled?: (explanation: Explanation) => void;
  /** Absent where nothing is recorded. */
  readonly trace?: UpdateTrace | undefined;
}

/** What an update needs to know about a bulk call that carries it. */
export interface CallAttempt {
  readonly callId: string;
  readonly itemCount: number;
  readonly sentAt: number;
  readonly isIsolation: boolean;
}

/**
 * Where an update is between its submission and the end of its last call. Whether it has its outcome is independent of
 * that: a caller can stop waiting while the call is in flight.
 */
type UpdateState =
  | 'waiting' //     blocked by another update of its customers, or held by an isolation
  | 'ready' //       queued in its lane
  | 'preparing' //   taken into a call that has not been sent
  | 'in-flight' //   sent, and not answered yet
  | 'answered' //    its call is over, and its locks are not released yet
  | 'backing-off'; // waits for its next attempt

/** A submitted update: what is known of it so far, and the one outcome that it gets. */
export class PendingUpdate {
  readonly id = randomUUID();
  readonly settled: Promise<Outcome>;
  readonly explanation: Explanation;
  /** What is sent next: without its points once they may have been credited. */
  item: MeasuredItem;
  lockRequest: LockRequest<PendingUpdate> | undefined;
  /** Set when a call with it was refused for its size. */
  sizeSplit: SizeSplit<PendingUpdate> | undefined;
  /** What the latest call that carried its points proves about them. */
  creditFate: CreditFate['fate'] = 'not-credited';
  /** Resolves when everything known about its points so far is recorded. */
  creditNoted: Promise<void> = Promise.resolve();
  private state: UpdateState = 'waiting';
  private suspectedIn: Isolation<PendingUpdate, CallResult> | undefined;
  private hasBeenTaken = false;
  private mustBeAlone = false;
  private answers: number;
  private failedFirstAt: number | undefined;
  private doubtfulInARow = 0;
  private resolve: (outcome: Outcome) => void;
  private outcome: Outcome | undefined;
  private readonly callIds: string[] = [];
  private failures = 0;
  private upstreamRequestId: string | undefined;
  private lastFailure: FailedVerdict | undefined;
  private arePointsTakenOut = false;
  /** Why an earlier attempt may have been applied. Once set, the update ends as `updated` or `unknown`. */
  private doubt: OutcomeReason | undefined;

  constructor(
    readonly update: Update,
    readonly submission: Submission,
  ) {
    this.item = submission.item;
    this.answers = submission.answerCount ?? 0;
    submission.trace?.identify(this.id);
    this.settled = new Promise((resolve) => (this.resolve = resolve));
    this.explanation = {
      id: this.id,
      submittedAt: new Date(),
      priority: submission.priority,
      principal: submission.principal,
      requestId: submission.requestId,
      importId: submission.importId,
      lane: { ...update.route, kind: update.kind },
      steps: [],
    };
  }

  get isSettled(): boolean {
    return this.outcome !== undefined;
  }

  /** Whether it is queued in its lane. */
  get isReady(): boolean {
    return this.state === 'ready';
  }

  /** Whether it is in a call, from the moment it is taken until its locks are released. */
  get isInCall(): boolean {
    return this.state === 'preparing' || this.state === 'in-flight' || this.state === 'answered';
  }

  /** Whether it was ever taken into a call, even one that never left. */
  get wasInCall(): boolean {
    return this.hasBeenTaken;
  }

  /** Whether it must stay out of its lane, even when no other update blocks it. */
  get isHeld(): boolean {
    return this.isSettled || this.isInCall || this.state === 'backing-off' || this.isolation !== undefined;
  }

  /** The isolation that it is a suspect of. */
  get isolation(): Isolation<PendingUpdate, CallResult> | undefined {
    return this.suspectedIn;
  }

  /**
   * Whether it goes in calls of its own: two results in a row could not be proved to be its own, and the only result of a
   * call is; or it made calls with others fail.
   */
  get mustSendAlone(): boolean {
    return this.mustBeAlone;
  }

  sendAlone(): void {
    this.mustBeAlone = true;
  }

  /** How many failed answers about it count. */
  get answerCount(): number {
    return this.answers;
  }

  /** When it failed for the first time; undefined when it has not. */
  get firstFailedAt(): number | undefined {
    return this.failedFirstAt;
  }

  /** How many calls with it failed one after the other so that one of their updates may be the cause. */
  get doubtfulFailures(): number {
    return this.doubtfulInARow;
  }

  /** Why it is not sent (again), however much time is left. */
  get reasonToStop(): OutcomeReason | undefined {
    const { gone, stop } = this.submission;
    return stop.aborted ? 'shutting-down' : gone.aborted ? 'caller-gone' : undefined;
  }

  /** Whether it is in flight: sent, and not answered yet. */
  get isSent(): boolean {
    return this.state === 'in-flight';
  }

  /** How many attempts failed so that it must be sent again; an attempt is no failure when its call was only divided. */
  get failureCount(): number {
    return this.failures;
  }

  get attempt(): number {
    return this.callIds.length;
  }

  /** The id under which its credit is recorded. */
  get creditId(): string {
    return this.update.credit?.id ?? this.id;
  }

  /** Why an attempt may have been applied; undefined when none may have been. */
  get doubtReason(): OutcomeReason | undefined {
    return this.doubt;
  }

  /** The call that carried it last. */
  get lastCallId(): string | undefined {
    return this.callIds.at(-1);
  }

  get lastUpstreamRequestId(): string | undefined {
    return this.upstreamRequestId;
  }

  /** Whether sending `item` twice has the effect of sending it once. */
  get isSafeToRepeat(): boolean {
    return isSafeToRepeat(this.update) || this.arePointsTakenOut;
  }

  /** Its lane takes it into its queue. */
  markReady(): void {
    this.state = 'ready';
  }

  /** Its lane takes it out of its queue. */
  markWaiting(): void {
    this.state = 'waiting';
  }

  /** A call takes it; it may turn out that the call must leave without it. */
  markTaken(): void {
    this.state = 'preparing';
    this.hasBeenTaken = true;
  }

  /** Its call is over, and its locks are released. */
  leaveCall(): void {
    if (this.isInCall) this.state = 'waiting';
  }

  /** It waits before its next attempt. */
  startBackoff(): void {
    this.state = 'backing-off';
  }

  endBackoff(): void {
    this.state = 'waiting';
  }

  /** It was in a call that was refused as a whole: it waits for the calls that find the cause. */
  startIsolation(isolation: Isolation<PendingUpdate, CallResult>): void {
    this.suspectedIn = isolation;
  }

  endIsolation(): void {
    this.suspectedIn = undefined;
  }

  markSent(attempt: CallAttempt): void {
    this.callIds.push(attempt.callId);
    this.state = 'in-flight';
    if (!this.isSafeToRepeat) this.creditFate = 'not-credited';
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

  markAnswered(attempt: CallAttempt, result: CallResult, now: number): void {
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

  explain(now: number, step: Omit<Step, 'afterMs'>): void {
    addStep(this.explanation, { afterMs: Math.round(now - this.submission.submittedAt), ...step });
    this.submission.trace?.note(step, now);
  }

  settleUpdated({ result }: Extract<Verdict, { kind: 'updated' }>, now: number): void {
    const { customerId, identifiers, warnings } = result;
    if (this.arePointsTakenOut)
      return this.settleUnknown(this.doubt ?? 'points-in-doubt', now, 'all-but-points');
    const areInDoubt = warnings.some(({ type }) => type === 'points-in-doubt');
    this.creditFate = areInDoubt ? 'unknown' : 'credited';
    if (areInDoubt) this.doubt ??= 'points-in-doubt';
    this.settle(
      {
        outcome: 'updated',
        ...(customerId !== undefined && { customerId }),
        identifiers,
        warnings,
        children: readChildOutcomes(this.update, result),
        ...this.sent(areInDoubt ? 'unknown' : 'yes'),
      },
      now,
    );
  }

  /**
   * Settles an update that is refused now; if an earlier attempt may have been applied, the refusal proves nothing
   * about that one.
   */
  settleRejected(said: readonly VendorMessage[], now: number, reason?: OutcomeReason): void {
    const errors = nameParts(said, this.update);
    if (this.doubt !== undefined) return this.settleUnknown(this.doubt, now, undefined, errors);
    this.settle(
      { outcome: 'rejected', ...(reason !== undefined && { reason }), errors, ...this.sent('no') },
      now,
    );
  }

  /**
   * Records a failed attempt; the doubt that it leaves outlives it.
   *
   * @param isDoubtful whether one update of the call may have been the cause
   */
  fail(verdict: FailedVerdict, now: number, isDoubtful: boolean): void {
    if (verdict.reason === 'no-proof' && this.lastFailure?.reason === 'no-proof') this.mustBeAlone = true;
    this.lastFailure = verdict;
    this.failures += 1;
    this.failedFirstAt ??= now;
    this.doubtfulInARow = isDoubtful ? this.doubtfulInARow + 1 : 0;
    const { kind } = verdict.failure;
    if (kind === 'ambiguous' || (kind === 'update-failed' && !this.isSafeToRepeat)) {
      this.doubt ??= verdict.reason;
      if (!this.isSafeToRepeat) this.creditFate = 'unknown';
    }
  }

  /** Counts a failed answer about it. */
  countAnswer(): void {
    this.answers += 1;
  }

  /**
   * Takes out the points, which may have been credited, so that everything else can be sent again.
   *
   * @returns false when there is nothing to take out, or nothing left to send
   */
  takeOutPoints(item: MeasuredItem | undefined, now: number): boolean {
    if (this.arePointsTakenOut || item === undefined) return false;
    this.arePointsTakenOut = true;
    this.item = item;
    this.explain(now, { event: 'points-taken-out' });
    return true;
  }

  /** Records that another process may have applied it. */
  markInDoubt(reason: OutcomeReason): void {
    this.doubt ??= reason;
  }

  /**
   * Ends it after as many answers about it as it may get. The vendor's own word that the update failed is taken where it
   * is harmless to repeat; any other doubt stays.
   */
  giveUpAfterAnswers({ reason }: FailedVerdict, now: number): void {
    if (this.doubt === 'upstream-error' && isSafeToRepeat(this.update)) this.doubt = undefined;
    this.giveUp(reason, now);
  }

  /**
   * Ends it without another attempt. In flight, or after an attempt that may have been applied, the outcome is unknown.
   */
  giveUp(reason: OutcomeReason, now: number, retryAfterMs = 0): void {
    const { lastFailure, doubt } = this;
    const doubtNow = doubt ?? (this.isSent ? reason : undefined);
    if (doubtNow !== undefined) return this.settleUnknown(doubtNow, now);
    const failure = lastFailure?.failure;
    const namedMs = failure?.kind === 'not-processed' ? failure.retryAfterMs : 0;
    this.settle(
      {
        outcome: 'failed',
        reason: lastFailure?.reason ?? reason,
        errors: nameParts(lastFailure?.errors ?? [], this.update),
        retryAfterMs: Math.max(retryAfterMs, namedMs),
        ...this.sent('no'),
      },
      now,
    );
  }

  private purposeOf({ isIsolation }: CallAttempt): CallPurpose {
    if (isIsolation) return 'isolation';
    if (this.arePointsTakenOut) return 'without-points';
    return this.attempt === 1 ? 'first' : 'retry';
  }

  private settleUnknown(
    reason: OutcomeReason,
    now: number,
    applied?: 'all-but-points',
    errors: readonly VendorMessage[] = [],
  ): void {
    this.settle(
      {
        outcome: 'unknown',
        reason,
        isSafeToRepeat: isSafeToRepeat(this.update),
        errors,
        ...(applied && { applied }),
        ...this.sent('unknown'),
      },
      now,
    );
  }

  /**
   * @param points whether the points were credited; used when the update has any, and only then it is not safe to
   *   repeat
   */
  private sent(
    points: PointsCredited,
  ): Pick<
    Outcome,
    'updateId' | 'attempts' | 'callIds' | 'upstreamRequestId' | 'pointsCredited' | 'creditId'
  > {
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

  private settle(outcome: Outcome, now: number): void {
    if (this.outcome) return;
    this.outcome = outcome;
    this.explain(now, {
      event: 'settled',
      outcome: outcome.outcome,
      ...('reason' in outcome && outcome.reason !== undefined && { reason: outcome.reason }),
    });
    this.submission.onSettled?.(this.explanation);
    this.resolve(outcome);
  }
}
