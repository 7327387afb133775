import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { currentSpan, runForSpan } from '../observability/tracing/span.js';
import { KeyedHash } from '../observability/keyed-hash.js';
import { requestContext } from '../observability/request-context.js';
import { BulkClient } from '../upstream/bulk.client.js';
import { measureItem } from '../upstream/bulk-request.js';
import { CallQuota } from '../upstream/call-quota.js';
import type { CallResult, FailureReason } from '../upstream/call-result.js';
import { Preflight, type PreflightResult } from './call/preflight.service.js';
import { Clock } from './clock.js';
import { CreditJournal } from './call/credit-journal.service.js';
import { Admission, type FailedRefusal, type Refusal } from './admission/admission.js';
import type { BreakerState } from './capacity/circuit-breaker.js';
import { countOutcomes } from './count-outcomes.js';
import type { Explanation } from './explanation.js';
import { ExplanationsService } from './explanations.service.js';
import type { InFlightCall } from './call/in-flight-call.js';
import { Settler, type Retry } from './settle/settle.js';
import { type Turn, laneKey } from './queue/lane.js';
import { RecentRejections } from './admission/recent-rejections.js';
import type { Outcome, OutcomeReason } from './outcome.js';
import { PendingUpdate, type Priority } from './queue/pending-update.js';
import { type CallBatch, type PendingFigures, PendingSet } from './queue/pending-set.js';
import type { CallBounds } from './call/pack-bulk-call.js';
import { planBulkCalls } from './call/plan-dry-run.js';
import { LaneScheduler } from './queue/lane-scheduler.js';
import { UpdateTrace, endCallSpan, startCallSpan } from './trace-updates.js';
import type { Update } from './update.js';
import { VendorCapacity } from './capacity/vendor-capacity.js';

/** How long a caller waits, and for which principal. */
export interface SubmitOptions {
  /** When updates that still wait are no longer sent, on the scale of `performance.now()`, in milliseconds. */
  readonly deadlineAt: number;
  /** Aborted when the caller has gone away. */
  readonly signal: AbortSignal;
  /** The principal that owns the updates; absent when no principal does. */
  readonly principal?: string | undefined;
  /** `background` yields to callers who wait. Defaults to `interactive`. */
  readonly priority?: Priority;
  /** The import that has the updates as its lines. */
  readonly importId?: string;
  /** How many failed answers about each update counted before, in their order. */
  readonly answerCounts?: readonly number[];
  /** Called after each failed attempt of an update, with its position and the number of failed answers that count. */
  readonly onFailure?: (position: number, reason: OutcomeReason, answerCount: number) => void;
}

/** A bulk call that would be sent, without credentials. */
export interface PlannedCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The positions of its updates in what was submitted. */
  readonly updates: readonly number[];
  /** Calls of one wave may be in flight together; a later wave waits for the earlier ones. */
  readonly wave: number;
}

export interface DeliveryFigures {
  readonly pending: PendingFigures;
  /** Calls that may be made now for retries alone. */
  readonly retryCalls: number;
  /** How long calls to the vendor take now. */
  readonly callMs: number;
  /** Why the latest call failed; undefined when it did not. */
  readonly latestFailure: FailureReason | undefined;
  readonly boundsOf: Readonly<Record<Update['kind'], CallBounds>>;
}

/** Most ids that one event names. */
const NAMED_IDS = 10;

/** Takes updates, and returns one outcome for each: waits for the lane's turn, packs, sends, settles, retries. */
@Injectable()
export class DeliveryService implements BeforeApplicationShutdown {
  private readonly pending = new PendingSet();
  private readonly capacity: VendorCapacity;
  private readonly admission: Admission;
  private readonly scheduler: LaneScheduler;
  private readonly settler: Settler;
  private readonly stop = new AbortController();
  /** The async context of calls: a call belongs to many requests, so no request's log context may apply to it. */
  private readonly callContext = new AsyncResource('delivery');
  private readonly keepExplanation = (explanation: Explanation): void => this.explanations.keep(explanation);
  private sequence = 0;
  private isPumpDue = false;
  private cancelWake: (() => void) | undefined;

  constructor(
    private readonly client: BulkClient,
    quota: CallQuota,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly log: EventLog,
    private readonly preflight: Preflight,
    private readonly journal: CreditJournal,
    private readonly hash: KeyedHash,
    private readonly explanations: ExplanationsService,
  ) {
    const rejections = new RecentRejections(settings.REJECTION_CACHE_MS);
    const { lanes } = this.pending;
    this.capacity = new VendorCapacity(settings, quota, log);
    this.admission = new Admission(settings, this.pending, this.capacity, rejections);
    this.scheduler = new LaneScheduler(lanes, this.capacity);
    this.settler = new Settler(
      clock,
      lanes,
      this.capacity,
      rejections,
      log,
      settings.BACKGROUND_MAX_ATTEMPTS,
    );
  }

  /**
   * Delivers updates.
   *
   * @returns one outcome for each update, in the order submitted; it never throws
   */
  async submit(updates: readonly Update[], options: SubmitOptions): Promise<Outcome[]> {
    const startedAt = this.clock.now();
    const arrived = updates.map((update, position) => this.receive(update, position, options, startedAt));
    this.admit(arrived, startedAt);
    const unwatch = this.watch(arrived, options);
    const outcomes = await Promise.all(arrived.map(({ settled }) => settled));
    unwatch();
    await this.journal.noteDoubts(arrived);
    this.logSettled(updates, outcomes, startedAt);
    return outcomes;
  }

  /**
   * Explains why one more update could not be admitted now, whatever is in it, so that its caller can be refused before
   * its body is read; undefined when it may be.
   *
   * @param lane absent where it is not known: then only the room for pending updates counts
   */
  refusalOfNext(
    lane: Pick<Update, 'route' | 'kind'> | undefined,
    deadlineAt: number,
  ): FailedRefusal | undefined {
    const known = lane && { laneKey: laneKey(lane), kind: lane.kind };
    return this.admission.refusalOfNext(known, deadlineAt, this.clock.now());
  }

  /** Plans the bulk calls that would deliver these updates, in their order; sends nothing. */
  plan(updates: readonly Update[]): PlannedCall[] {
    return planBulkCalls(updates, (kind) => this.capacity.boundsOf(kind)).flatMap((calls, wave) =>
      calls.flatMap((positions) => {
        const members = positions.flatMap((position) => updates[position] ?? []);
        const [first] = members;
        if (!first) return [];
        const items = members.map(({ item }) => measureItem(item));
        const { method, url, headers, body } = this.client.describe(first.route, items);
        const parsed = JSON.parse(body ?? 'null') as unknown;
        return [{ method, url, headers, body: parsed, updates: positions, wave }];
      }),
    );
  }

  /** What metrics read of the updates that wait or are in flight, and of what the vendor can take. */
  figures(): DeliveryFigures {
    const now = this.clock.now();
    return {
      pending: this.pending.figures(now),
      retryCalls: this.scheduler.retryCalls(now),
      callMs: this.capacity.callMs(now),
      latestFailure: this.capacity.latestFailure,
      boundsOf: {
        customer: this.capacity.boundsOf('customer'),
        association: this.capacity.boundsOf('association'),
      },
    };
  }

  get breakerState(): BreakerState {
    return this.capacity.breakerState(this.clock.now());
  }

  /** How long until the calls per minute allow the next call of the background; 0 when they allow it now. */
  get budgetWaitMs(): number {
    const now = this.clock.now();
    return this.capacity.budgetWaitMs(now);
  }

  /**
   * Running requests go on. After `DRAIN_TIMEOUT_MS`, updates that still wait are given up, and their callers get their
   * outcomes.
   */
  beforeApplicationShutdown(): void {
    this.log.write('info', 'drain.begun', { itemCount: this.pending.count });
    this.clock.after(this.settings.DRAIN_TIMEOUT_MS, () => {
      this.stop.abort();
      for (const update of this.pending) this.giveUp(update, 'shutting-down');
    });
  }

  // --- Admission ---

  private receive(update: Update, position: number, options: SubmitOptions, now: number): PendingUpdate {
    const {
      deadlineAt,
      signal,
      principal,
      priority = 'interactive',
      importId,
      answerCounts,
      onFailure,
    } = options;
    const submitter = currentSpan();
    const received = new PendingUpdate(update, {
      laneKey: laneKey(update),
      item: measureItem(update.item),
      priority,
      principal,
      ...(importId === undefined ? { requestId: requestContext.getStore()?.requestId } : { importId }),
      submittedAt: now,
      deadlineAt,
      gone: signal,
      stop: this.stop.signal,
      sequence: this.sequence++,
      onSettled: this.keepExplanation,
      ...(answerCounts && { answerCount: answerCounts[position] ?? 0 }),
      ...(onFailure && {
        onFailure: (reason: OutcomeReason, count: number) => onFailure(position, reason, count),
      }),
      trace:
        submitter && UpdateTrace.begin(submitter, position, { priority, startedAt: now, kind: update.kind }),
    });
    this.explanations.add(received.explanation);
    return received;
  }

  /** Admits the updates that can be delivered; the others are settled at once. */
  private admit(arrived: readonly PendingUpdate[], now: number): void {
    const refusalOfAll = this.admission.refusalOfAll(arrived, now);
    for (const one of arrived) {
      const refusal = refusalOfAll ?? this.admission.refusalOf(one, now);
      if (refusal) reject(one, refusal, now);
      else this.pending.add(one);
    }
    this.pumpSoon();
  }

  /** Ends the caller's wait at the deadline, and when the caller goes away. */
  private watch(arrived: readonly PendingUpdate[], { deadlineAt, signal }: SubmitOptions): () => void {
    const onGone = (): void => {
      // The answer to an update in flight is still worth having.
      for (const one of arrived) if (!one.isSent) this.giveUp(one, 'caller-gone');
    };
    signal.addEventListener('abort', onGone);
    const cancel = Number.isFinite(deadlineAt)
      ? this.clock.after(deadlineAt - this.clock.now(), () =>
          // An answer that arrived while the whole process was paused is read first.
          this.clock.soon(() => {
            for (const one of arrived) this.giveUp(one, 'deadline-passed');
          }),
        )
      : undefined;
    return () => {
      cancel?.();
      signal.removeEventListener('abort', onGone);
    };
  }

  // --- Scheduling ---

  /** Looks for calls that may leave, after everything that has arrived by now has been read. */
  private pumpSoon(): void {
    if (this.isPumpDue) return;
    this.isPumpDue = true;
    this.callContext.runInAsyncScope(() => this.clock.soon(() => this.pump()));
  }

  private pump(): void {
    this.isPumpDue = false;
    this.cancelWake?.();
    this.cancelWake = undefined;
    for (;;) {
      const now = this.clock.now();
      const next = this.scheduler.next(now);
      if (!next) return;
      if (next.leavesAt > now) return this.wakeAt(next.leavesAt, now);
      this.takeTurn(next.turn, now);
    }
  }

  private wakeAt(at: number, now: number): void {
    if (at === Infinity) return; // the end of a call wakes it
    this.cancelWake = this.callContext.runInAsyncScope(() =>
      this.clock.after(Math.ceil(at - now), () => this.pump()),
    );
  }

  private takeTurn(turn: Turn, now: number): void {
    const batch = this.pending.takeBatch(turn, ({ kind }) => this.capacity.boundsOf(kind));
    if (!batch) return;
    this.scheduler.recordTurn(turn, batch.members, now);
    this.capacity.begin(now);
    void this.sendBatch(batch);
  }

  // --- In flight ---

  private async sendBatch(batch: CallBatch): Promise<void> {
    const callId = randomUUID();
    const preparedFrom = this.clock.now();
    const checked = await this.preflight.run(callId, batch.members, this.clock.random());
    const sentAt = this.clock.now();
    for (const one of checked.permitted) {
      const { submission } = one;
      const isTooLate = submission.deadlineAt - sentAt < this.capacity.timeToAnswer(submission);
      if (isTooLate) one.giveUp('deadline-unreachable', sentAt);
    }
    const members = checked.permitted.filter(({ isSettled }) => !isSettled); // a caller may have gone meanwhile
    // At once: a caller may submit a failed update again before this call is over.
    this.journal.noteAnswered(
      callId,
      checked.permitted.filter((one) => one.isSettled && !one.isSafeToRepeat),
    );
    const { isolation } = batch;
    const call: InFlightCall = {
      ...batch,
      callId,
      members,
      itemCount: members.length,
      sentAt,
      isIsolation: isolation !== undefined,
    };
    for (const one of members) one.markSent(call);
    const span = startCallSpan(members, callId, { preparedFrom, sentAt });
    const result = await runForSpan(span, () => this.send(call, span?.traceId));
    if (span) endCallSpan(span, result);
    this.preflight.end(checked);
    this.finish(batch, call, checked, result);
  }

  private async send(
    { members, callId, isIsolation }: InFlightCall,
    traceId: string | undefined,
  ): Promise<CallResult> {
    const [first] = members;
    if (!first) return { kind: 'not-sent', reason: 'no-updates-left', canPass: true, decidedBy: 'preflight' };
    try {
      const items = members.map(({ item }) => item);
      const attempt = Math.max(...members.map((one) => one.attempt));
      const updateIds = members.slice(0, NAMED_IDS).map(({ id }) => id);
      const facts = { callId, traceId, attempt, updateIds, ...(isIsolation && { isIsolation }) } as const;
      return await this.client.send(first.update.route, items, facts);
    } catch (error) {
      this.log.fault('delivery.fault', error, { callId });
      return { kind: 'ambiguous', reason: 'unexpected-fault', decidedBy: 'fault' };
    }
  }

  private finish(
    batch: CallBatch,
    call: InFlightCall,
    { refused, later }: PreflightResult,
    result: CallResult,
  ): void {
    const now = this.clock.now();
    const carriers = call.members.filter((one) => !one.isSafeToRepeat);
    const opensBreaker = this.capacity.end(call, result, now);
    for (const { one, reason } of refused) one.giveUp(reason, now);
    for (const { one } of later) one.endIsolation();
    for (const one of call.members) {
      one.markAnswered(call, result, now);
      if (one.isSettled) this.keepExplanation(one.explanation); // a late answer
    }
    const { retries, found, abandoned = [] } = this.settler.settle(call, result, now);
    for (const retry of [...retries, ...later]) this.backOff(retry);
    this.journal.noteAnswered(call.callId, carriers);
    for (const one of batch.members) {
      const reason = one.reasonToStop;
      if (reason) one.giveUp(reason, now); // it would be sent again
    }
    this.pending.release(batch);
    // It was found without a call of its own, so it was not released with the others.
    if (found?.isSettled) this.pending.remove(found);
    else if (found) this.pending.makeReady([found]);
    for (const one of abandoned) if (one.isSettled) this.pending.remove(one);
    if (opensBreaker) this.failWaitingCallers();
    this.pumpSoon();
  }

  private backOff({ one, waitMs }: Retry): void {
    one.startBackoff();
    this.clock.after(waitMs, () => {
      one.endBackoff();
      this.pending.makeReady([one]);
      this.pumpSoon();
    });
  }

  // --- Giving up ---

  /** Callers do not wait while the breaker is open. */
  private failWaitingCallers(): void {
    for (const one of this.pending) {
      if (one.submission.priority === 'interactive' && !one.isSent) this.giveUp(one, 'breaker-open');
    }
  }

  /** Settles an update without further waiting. */
  private giveUp(one: PendingUpdate, reason: OutcomeReason): void {
    const now = this.clock.now();
    one.giveUp(reason, now, this.capacity.breakerOpenMs(now));
    if (one.isInCall) return;
    this.pending.remove(one);
    this.pumpSoon();
  }

  private logSettled(updates: readonly Update[], outcomes: readonly Outcome[], startedAt: number): void {
    this.log.conclude('updates.settled', {
      itemCount: outcomes.length,
      ...(outcomes.length === 1 && { updateId: outcomes[0]?.updateId }),
      customers: this.hash.ofCustomers(updates),
      callIds: [...new Set(outcomes.flatMap(({ callIds }) => callIds))].slice(0, NAMED_IDS),
      ...countOutcomes(outcomes),
      durationMs: Math.round(this.clock.now() - startedAt),
    });
  }
}

function reject(one: PendingUpdate, refusal: Refusal, now: number): void {
  if (refusal.kind === 'rejected') one.settleRejected(refusal.errors, now, refusal.reason);
  else one.giveUp(refusal.reason, now, refusal.retryAfterMs);
}
