import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { KeyedHash } from '../observability/keyed-hash.js';
import { BulkClient } from '../upstream/bulk.client.js';
import { measureItem } from '../upstream/bulk-request.js';
import { CallQuota } from '../upstream/call-quota.js';
import type { CallResult } from '../upstream/call-result.js';
import { Preflight, type PreflightResult } from './call/preflight.service.js';
import { Clock } from './clock.js';
import { CreditJournal } from './call/credit-journal.service.js';
import { Admission, type Refusal } from './admission/admission.js';
import { countOutcomes } from './count-outcomes.js';
import { type Explanation, Explanations } from './explanation.js';
import type { InFlightCall } from './call/in-flight-call.js';
import { Settler, type Retry } from './settle/settle.js';
import { type Turn, laneKey } from './queue/lane.js';
import { RecentRejections } from './admission/recent-rejections.js';
import type { Outcome, OutcomeReason } from './outcome.js';
import { PendingUpdate, type Priority } from './queue/pending-update.js';
import { type CallBatch, PendingSet } from './queue/pending-set.js';
import { planBulkCalls } from './call/plan-dry-run.js';
import { LaneScheduler } from './queue/lane-scheduler.js';
import type { Update } from './update.js';
import { VendorCapacity } from './capacity/vendor-capacity.js';

/** Under which conditions a caller waits. */
export interface SubmitOptions {
  /** When updates that still wait are no longer sent; on the scale of `performance.now()`, in milliseconds. */
  readonly deadlineAt: number;
  /** Aborted when the caller has gone away. */
  readonly signal: AbortSignal;
  /** Whose the updates are; absent where nobody's. */
  readonly principal?: string | undefined;
  /** `background` yields to callers who wait; interactive unless it is said. */
  readonly priority?: Priority;
}

/** A bulk call that would be sent, without credentials. */
export interface PlannedCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The positions of its updates, as they were submitted. */
  readonly updates: readonly number[];
  /** Calls of one wave fly side by side; a later wave waits for the earlier ones. */
  readonly wave: number;
}

/** Explanations that are kept. */
const EXPLAINED_UPDATES = 10_000;

/** Takes updates, answers one outcome each: waits for the lane's turn, packs, sends, decides, sends again, settles. */
@Injectable()
export class DeliveryService implements BeforeApplicationShutdown {
  private readonly pending = new PendingSet();
  private readonly capacity: VendorCapacity;
  private readonly admission: Admission;
  private readonly scheduler: LaneScheduler;
  private readonly settler: Settler;
  private readonly explanations = new Explanations(EXPLAINED_UPDATES);
  private readonly stop = new AbortController();
  /** Where calls are made and told: they belong to many requests, so to the log of none. */
  private readonly outside = new AsyncResource('delivery');
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
  ) {
    const rejections = new RecentRejections(settings.OFFENDER_REFUSAL_MS);
    const { lanes } = this.pending;
    this.capacity = new VendorCapacity(settings, quota, log);
    this.admission = new Admission(settings, this.pending, this.capacity, rejections);
    this.scheduler = new LaneScheduler(lanes, this.capacity);
    this.settler = new Settler(clock, lanes, this.capacity, rejections, log);
  }

  /**
   * Delivers updates.
   *
   * @returns one outcome for each update, in the order submitted; it never throws
   */
  async submit(updates: readonly Update[], options: SubmitOptions): Promise<Outcome[]> {
    const startedAt = this.clock.now();
    const arrived = updates.map((update) => this.receive(update, options, startedAt));
    this.admit(arrived, startedAt);
    const unwatch = this.watch(arrived, options);
    const outcomes = await Promise.all(arrived.map(({ settled }) => settled));
    unwatch();
    await this.journal.noteDoubts(arrived);
    this.logSettled(updates, outcomes, startedAt);
    return outcomes;
  }

  /** The bulk calls that these updates would be sent in, in their order; sends nothing. */
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

  /** What became of an update and why; undefined when it was too long ago, or never was. */
  explain(updateId: string): Explanation | undefined {
    return this.explanations.get(updateId);
  }

  /** Running requests go on; when `DRAIN_TIMEOUT_MS` is over, what still waits is given up and callers are told. */
  beforeApplicationShutdown(): void {
    this.log.write('info', 'drain.begun', { itemCount: this.pending.count });
    this.clock.after(this.settings.DRAIN_TIMEOUT_MS, () => {
      this.stop.abort();
      for (const update of this.pending) this.giveUp(update, 'shutting-down');
    });
  }

  // --- Coming in ---

  private receive(update: Update, options: SubmitOptions, now: number): PendingUpdate {
    const { deadlineAt, signal, principal, priority } = options;
    const received = new PendingUpdate(update, {
      laneKey: laneKey(update),
      item: measureItem(update.item),
      priority: priority ?? 'interactive',
      principal,
      submittedAt: now,
      deadlineAt,
      gone: signal,
      stop: this.stop.signal,
      sequence: this.sequence++,
    });
    this.explanations.add(received.explanation);
    return received;
  }

  /** Lets in those that can be delivered; the others are settled at the door. */
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
      for (const one of arrived) if (!one.isSent) this.giveUp(one, 'caller-gone'); // in flight, its answer is still worth having
    };
    signal.addEventListener('abort', onGone);
    const cancel = Number.isFinite(deadlineAt)
      ? this.clock.after(deadlineAt - this.clock.now(), () => {
          for (const one of arrived) this.giveUp(one, 'deadline-passed');
        })
      : undefined;
    return () => {
      cancel?.();
      signal.removeEventListener('abort', onGone);
    };
  }

  // --- Waiting for a turn ---

  /** Looks for calls that may leave when all that has arrived by now has been read. */
  private pumpSoon(): void {
    if (this.isPumpDue) return;
    this.isPumpDue = true;
    this.outside.runInAsyncScope(() => this.clock.soon(() => this.pump()));
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
    this.cancelWake = this.outside.runInAsyncScope(() =>
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
    const permitted = await this.preflight.run(callId, batch.members, this.clock.random());
    const sentAt = this.clock.now();
    for (const one of permitted.permitted) {
      const { submission } = one;
      const isTooLate = submission.deadlineAt - sentAt < this.capacity.timeToAnswer(submission);
      if (isTooLate) one.giveUp('deadline-unreachable', sentAt);
    }
    const members = permitted.permitted.filter(({ isSettled }) => !isSettled); // a caller may have gone meanwhile
    // At once: whoever is told that it failed may ask again before this call is over.
    this.journal.noteAnswered(permitted.permitted.filter((one) => one.isSettled && !one.isSafeToRepeat));
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
    const result = await this.send(call);
    this.preflight.end(permitted);
    this.finish(batch, call, permitted, result);
  }

  private async send({ members, callId }: InFlightCall): Promise<CallResult> {
    const [first] = members;
    if (!first) return { kind: 'not-sent', reason: 'nobody-left', canPass: true, decidedBy: 'clearance' };
    try {
      const items = members.map(({ item }) => item);
      const attempt = Math.max(...members.map((one) => one.attempt));
      return await this.client.send(first.update.route, items, { callId, attempt });
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
    const isVendorLeftAlone = this.capacity.end(call, result, now);
    for (const { one, reason } of refused) one.giveUp(reason, now);
    for (const { one } of later) one.endIsolation();
    for (const one of call.members) one.markAnswered(call, result, now);
    const { retries, found } = this.settler.settle(call, result, now);
    for (const rest of [...retries, ...later]) this.backOff(rest);
    this.journal.noteAnswered(carriers);
    for (const one of batch.members) {
      const reason = one.reasonToStop;
      if (reason) one.giveUp(reason, now); // whoever would go again
    }
    this.pending.release(batch);
    // Found without a call of its own, so it did not land with the others.
    if (found?.isSettled) this.pending.remove(found);
    else if (found) this.pending.makeReady([found]);
    if (isVendorLeftAlone) this.failWaitingCallers();
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

  // --- Going out ---

  /** Callers do not wait for a vendor that is left alone. */
  private failWaitingCallers(): void {
    for (const one of this.pending) {
      if (one.submission.priority === 'interactive' && !one.isSent) this.giveUp(one, 'breaker-open');
    }
  }

  /** Settles it without waiting any longer. */
  private giveUp(one: PendingUpdate, reason: OutcomeReason): void {
    const now = this.clock.now();
    one.giveUp(reason, now, this.capacity.breakerOpenMs(now));
    if (one.isInCall) return;
    this.pending.remove(one);
    this.pumpSoon();
  }

  private logSettled(updates: readonly Update[], outcomes: readonly Outcome[], startedAt: number): void {
    this.log.write('info', 'updates.settled', {
      itemCount: outcomes.length,
      ...(outcomes.length === 1 && { updateId: outcomes[0]?.updateId }),
      customers: this.hash.ofCustomers(updates),
      ...countOutcomes(outcomes),
      durationMs: Math.round(this.clock.now() - startedAt),
    });
  }
}

function reject(one: PendingUpdate, refusal: Refusal, now: number): void {
  if (refusal.kind === 'rejected') one.settleRejected(refusal.errors, now, refusal.reason);
  else one.giveUp(refusal.reason, now, refusal.retryAfterMs);
}
