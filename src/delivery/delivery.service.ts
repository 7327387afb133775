import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { BulkClient } from '../upstream/bulk.client.js';
import { measureItem } from '../upstream/bulk-request.js';
import { CallBudget } from '../upstream/call-budget.js';
import type { CallResult } from '../upstream/call-result.js';
import { BatchSize } from './batch-size.js';
import { Breaker } from './breaker.js';
import { Clock } from './clock.js';
import { type Explanation, Explanations } from './explanation.js';
import { Isolation, type Offender } from './isolate.js';
import { type Lane, Lanes, type Turn, laneKey } from './lane.js';
import { Offenders } from './offenders.js';
import { Order } from './order.js';
import type { Outcome, OutcomeReason } from './outcome.js';
import { type CallBounds, fitsAlone, packBulkCall } from './pack-bulk-call.js';
import { PendingUpdate, type Priority, type Ride } from './pending-update.js';
import { planBulkCalls } from './plan-bulk-calls.js';
import { type Verdict, readVerdicts } from './read-verdicts.js';
import { BACKOFF, decideRetry } from './retry-decision.js';
import { RetryBudget } from './retry-budget.js';
import { type Update, ownedKeys } from './update.js';

/** Under which conditions a caller waits. */
export interface Terms {
  /** When updates that still wait are no longer sent; on the scale of `performance.now()`, in milliseconds. */
  readonly deadlineAt: number;
  /** Aborted when the caller has gone away. */
  readonly signal: AbortSignal;
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

/** One call in so many is for the background, however many callers wait. */
const BACKGROUND_TURN = 10;

/** Explanations that are kept. */
const EXPLAINED_UPDATES = 10_000;

/** How much the latest call weighs in the average time that a call takes. */
const LATEST_WEIGHT = 0.2;

/** A bulk call in flight. */
interface Flight extends Ride {
  readonly lane: Lane;
  readonly members: readonly PendingUpdate[];
  readonly isolation: Isolation<PendingUpdate, CallResult> | undefined;
}

/** Takes updates, answers one outcome each: waits for the lane's turn, packs, sends, decides, sends again, settles. */
@Injectable()
export class DeliveryService implements BeforeApplicationShutdown {
  private readonly pending = new Set<PendingUpdate>();
  private readonly order = new Order<PendingUpdate>();
  private readonly lanes = new Lanes();
  private readonly sizes: Readonly<Record<Update['kind'], BatchSize>>;
  private readonly breaker = new Breaker();
  private readonly retries = new RetryBudget();
  private readonly offenders: Offenders;
  private readonly explanations = new Explanations(EXPLAINED_UPDATES);
  private readonly stop = new AbortController();
  /** Where calls are made and told: they belong to many requests, so to the log of none. */
  private readonly outside = new AsyncResource('delivery');
  private pendingBytes = 0;
  private sequence = 0;
  private openCalls = 0;
  private averageCallMs = 0;
  private callsSinceBackground = 0;
  private wasRepair = false;
  private isPumpDue = false;
  private cancelWake: (() => void) | undefined;

  constructor(
    private readonly client: BulkClient,
    private readonly budget: CallBudget,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {
    const { UPSTREAM_MAX_BATCH, UPSTREAM_MAX_BATCH_ASSOCIATIONS } = settings;
    this.sizes = {
      customer: new BatchSize(UPSTREAM_MAX_BATCH),
      association: new BatchSize(UPSTREAM_MAX_BATCH_ASSOCIATIONS ?? UPSTREAM_MAX_BATCH),
    };
    this.offenders = new Offenders(settings.OFFENDER_REFUSAL_MS);
  }

  /**
   * Delivers updates.
   *
   * @returns one outcome for each update, in the order submitted; it never throws
   */
  async submit(updates: readonly Update[], terms: Terms): Promise<Outcome[]> {
    const startedAt = this.clock.now();
    const submitted = updates.map((update) => this.receive(update, terms, startedAt));
    this.admit(submitted, startedAt);
    const forget = this.watch(submitted, terms);
    const outcomes = await Promise.all(submitted.map(({ settled }) => settled));
    forget();
    this.tell(outcomes, startedAt);
    return outcomes;
  }

  /** The bulk calls that these updates would be sent in, in their order; sends nothing. */
  plan(updates: readonly Update[]): PlannedCall[] {
    return planBulkCalls(updates, (kind) => this.boundsOf(kind)).flatMap((calls, wave) =>
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
    this.log.write('info', 'drain.begun', { itemCount: this.pending.size });
    this.clock.after(this.settings.DRAIN_TIMEOUT_MS, () => {
      this.stop.abort();
      for (const update of this.pending) this.giveUp(update, 'shutting-down');
    });
  }

  // --- Coming in ---

  private receive(update: Update, { deadlineAt, signal, priority }: Terms, now: number): PendingUpdate {
    const received = new PendingUpdate(update, {
      laneKey: laneKey(update),
      item: measureItem(update.item),
      priority: priority ?? 'interactive',
      submittedAt: now,
      deadlineAt,
      signal,
      sequence: this.sequence++,
    });
    this.explanations.add(received.explanation);
    return received;
  }

  /** Lets in those that can be delivered; the others are settled at the door. */
  private admit(submitted: readonly PendingUpdate[], now: number): void {
    const { MAX_PENDING_UPDATES, MAX_PENDING_BYTES } = this.settings;
    const bytes = submitted.reduce((sum, { item }) => sum + item.bytes, 0);
    const isFull =
      this.pending.size + submitted.length > MAX_PENDING_UPDATES ||
      this.pendingBytes + bytes > MAX_PENDING_BYTES;
    if (isFull) {
      const retryAfterMs = this.roomAfterMs(submitted.length, now);
      submitted.forEach((one) => one.giveUp('too-many-pending', now, retryAfterMs));
      return;
    }
    for (const one of submitted) if (!this.isRefusedAtTheDoor(one, now)) this.enter(one);
    this.pumpSoon();
  }

  private isRefusedAtTheDoor(one: PendingUpdate, now: number): boolean {
    const { item, laneKey: lane, priority, deadlineAt } = one.submission;
    if (!fitsAlone(item.bytes, this.boundsOf(one.update.kind))) {
      one.settleRejected([], now, 'update-too-large');
      return true;
    }
    const refusal = this.offenders.find(lane, item.json, now);
    if (refusal) {
      one.settleRejected(refusal, now, 'refused-lately');
      return true;
    }
    const reason = this.reasonToStop(one);
    if (reason) {
      one.giveUp(reason, now);
      return true;
    }
    if (priority === 'background') return false;
    const { halfOpensAt } = this.breaker;
    if (halfOpensAt !== undefined && this.breaker.state(now) === 'open') {
      one.giveUp('breaker-open', now, halfOpensAt - now);
      return true;
    }
    const earliestAt = this.earliestFor(one, now);
    if (earliestAt <= deadlineAt) return false;
    // Whoever comes back then with as much time can still be served.
    one.giveUp('deadline-unreachable', now, earliestAt - deadlineAt);
    return true;
  }

  /** Why it is not sent, or not again, however much time is left. */
  private reasonToStop({ submission: { signal } }: PendingUpdate): OutcomeReason | undefined {
    return this.stop.signal.aborted ? 'shutting-down' : signal.aborted ? 'caller-gone' : undefined;
  }

  /** When its call could leave at the earliest, if nothing goes wrong. */
  private earliestFor({ update, submission }: PendingUpdate, now: number): number {
    const { size } = this.sizes[update.kind];
    const lane = this.lanes.of(submission.laneKey, update.kind);
    const otherLanes = Math.max(0, this.lanes.busyCount - 1);
    const before = this.order.depth(ownedKeys(update));
    const calls = Math.max(Math.ceil((lane.interactiveCount + 1) / size) + otherLanes, before);
    const { UPSTREAM_MAX_CONCURRENCY: slots } = this.settings;
    const roundsBefore = Math.max((this.openCalls + calls - slots) / slots, before - 1, 0);
    this.lanes.close(lane);
    return Math.max(this.budget.timeOf(calls, now), now + roundsBefore * this.averageCallMs);
  }

  /** How long until so many of those that are pending will have left. */
  private roomAfterMs(itemCount: number, now: number): number {
    const calls = Math.ceil(itemCount / this.sizes.customer.size);
    return this.budget.timeOf(calls, now) - now + this.averageCallMs;
  }

  private enter(one: PendingUpdate): void {
    const lane = this.lanes.of(one.submission.laneKey, one.update.kind);
    lane.memberCount += 1;
    if (one.submission.priority === 'interactive') lane.interactiveCount += 1;
    this.pending.add(one);
    this.pendingBytes += one.submission.item.bytes;
    one.ticket = this.order.enter(one, ownedKeys(one.update), one.update.parent);
    this.surface([one]);
  }

  /** Ends the caller's wait at the deadline, and when the caller goes away. */
  private watch(submitted: readonly PendingUpdate[], { deadlineAt, signal }: Terms): () => void {
    const onGone = (): void => {
      for (const one of submitted) if (!one.isFlying) this.giveUp(one, 'caller-gone'); // in flight, its answer is still worth having
    };
    signal.addEventListener('abort', onGone);
    const cancel = Number.isFinite(deadlineAt)
      ? this.clock.after(deadlineAt - this.clock.now(), () => {
          for (const one of submitted) this.giveUp(one, 'deadline-passed');
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
      const turn = this.nextTurn(now);
      const isFull = this.openCalls >= this.settings.UPSTREAM_MAX_CONCURRENCY;
      if (turn === undefined || isFull) return;
      const leavesAt = this.leavesAt(turn, now);
      if (leavesAt > now) {
        this.wakeAt(leavesAt, now);
        return;
      }
      this.takeTurn(turn, now);
    }
  }

  private wakeAt(at: number, now: number): void {
    if (at === Infinity) return; // the end of a call wakes it
    this.cancelWake = this.outside.runInAsyncScope(() =>
      this.clock.after(Math.ceil(at - now), () => this.pump()),
    );
  }

  /** Callers who wait come first; what must be sent again takes every second turn, the background at least one in ten. */
  private nextTurn(now: number): Turn | undefined {
    const hasFresh = this.lanes.has('fresh');
    const hasBackground = this.lanes.has('background');
    const mayRetry = this.lanes.has('again') && (this.retries.nextAt(now) <= now || !hasFresh);
    const repair = this.lanes.has('isolation') ? 'isolation' : mayRetry ? 'again' : undefined;
    if (hasBackground && this.callsSinceBackground >= BACKGROUND_TURN - 1) return 'background';
    if (repair && !(hasFresh && this.wasRepair)) {
      const mustWait = repair === 'again' && this.retries.nextAt(now) > now;
      if (!mustWait || !hasBackground) return repair;
    }
    if (hasFresh) return 'fresh';
    return hasBackground ? 'background' : repair;
  }

  /** When a call of that turn may leave; Infinity while it waits for another call to end. */
  private leavesAt(turn: Turn, now: number): number {
    if (!this.breaker.mayCall(now, this.openCalls)) {
      const { halfOpensAt = now } = this.breaker;
      return halfOpensAt > now ? halfOpensAt : Infinity;
    }
    const mayUseReserve = turn === 'fresh' || this.lanes.has('fresh');
    const calledAt = this.budget.nextAt(now, mayUseReserve ? 'reserved' : 'other');
    return turn === 'again' ? Math.max(calledAt, this.retries.nextAt(now)) : calledAt;
  }

  private takeTurn(turn: Turn, now: number): void {
    const lane = this.lanes.first(turn);
    if (!lane) return;
    const isolation = turn === 'isolation' ? lane.isolations.shift() : undefined;
    const members =
      turn === 'isolation'
        ? this.packStep(isolation)
        : packBulkCall(lane, turn, this.order, this.boundsOf(lane.kind)).members;
    this.lanes.rotate(lane, turn);
    if (members.length === 0) return;

    this.wasRepair = turn === 'isolation' || turn === 'again';
    this.callsSinceBackground = turn === 'background' ? 0 : this.callsSinceBackground + 1;
    if (turn === 'again' && members.every(({ attempt }) => attempt > 0)) this.retries.spend(now);
    else this.retries.earn(now);
    this.fly({
      callId: randomUUID(),
      itemCount: members.length,
      sentAt: now,
      isIsolation: isolation !== undefined,
      lane,
      members,
      isolation,
    });
  }

  /** Whom the isolation wants to see in a call of their own; who may not fly now waits as everybody does. */
  private packStep(isolation: Isolation<PendingUpdate, CallResult> | undefined): PendingUpdate[] {
    const call = {};
    const step = isolation?.next((one) => !one.isSettled && one.isolation === isolation) ?? [];
    const mayFly = step.filter(({ ticket }) => {
      if (!ticket || !this.order.mayFly(ticket, call)) return false;
      this.order.board(ticket, call);
      return true;
    });
    for (const one of step) if (!mayFly.includes(one)) one.isolation = undefined;
    const isOver = mayFly.length === 0;
    if (isOver) isolation?.members.forEach((one) => (one.isolation = undefined));
    if (isOver) this.surface(isolation?.members ?? []);
    return mayFly;
  }

  // --- In flight ---

  private fly(flight: Flight): void {
    const { members, lane, sentAt } = flight;
    this.budget.take(sentAt);
    this.openCalls += 1;
    for (const one of members) {
      if (one.attempt === 0 && one.submission.priority === 'interactive') lane.interactiveCount -= 1;
      one.board(flight);
    }
    void this.send(flight).then((result) => this.land(flight, result));
  }

  private async send({ members, callId }: Flight): Promise<CallResult> {
    const [first] = members;
    try {
      if (!first) throw new Error('a call without updates');
      const items = members.map(({ item }) => item);
      const attempt = Math.max(...members.map((one) => one.attempt));
      return await this.client.send(first.update.route, items, { callId, attempt });
    } catch (error) {
      this.log.fault('delivery.fault', error, { callId });
      return { kind: 'ambiguous', reason: 'unexpected-fault', decidedBy: 'fault' };
    }
  }

  private land(flight: Flight, result: CallResult): void {
    const { members, lane, sentAt } = flight;
    const now = this.clock.now();
    this.openCalls -= 1;
    this.budget.end(now);
    const callMs = now - sentAt;
    this.averageCallMs += (callMs - this.averageCallMs) * (this.averageCallMs === 0 ? 1 : LATEST_WEIGHT);
    this.learn(flight, result, now);
    for (const one of members) one.land(flight, result, now);
    const isolated = this.judge(flight, result, now);
    for (const one of members) {
      const reason = this.reasonToStop(one);
      if (reason) one.giveUp(reason, now); // whoever would go again
    }

    const tickets = members.flatMap(({ ticket }) => ticket ?? []);
    const free = this.order.land(tickets, (one) => !one.isSettled);
    for (const one of members) if (one.isSettled) this.forget(one);
    this.surface(free);
    // Found without a call of its own, so it did not land with the others.
    if (isolated && isolated.isSettled) this.remove(isolated);
    else if (isolated) this.surface([isolated]);
    this.lanes.close(lane);
    this.pumpSoon();
  }

  /** What a call teaches about the vendor: its pace, its size, its health. */
  private learn({ lane, itemCount, callId }: Flight, result: CallResult, now: number): void {
    const size = this.sizes[lane.kind];
    if (result.kind === 'not-processed' && result.reason === 'rate-limited') {
      const { callsPerMinute, pauseMs } = this.budget.refused(result.retryAfterMs, now);
      this.log.write('warn', 'pace.learned', { callId, callsPerMinute, waitMs: Math.round(pauseMs) });
    } else if (result.kind !== 'not-sent') {
      const callsPerMinute = this.budget.borne(now);
      if (callsPerMinute !== undefined) this.log.write('info', 'pace.probed', { callsPerMinute });
    }
    if (result.kind === 'answered') {
      const batchSize = size.passed(itemCount, now);
      if (batchSize !== undefined) this.log.write('info', 'batch-size.probed', { batchSize });
    }
    if (isTooLarge(result) && itemCount > 1) {
      const batchSize = size.tooLarge(itemCount, now);
      if (batchSize !== undefined) this.log.write('warn', 'batch-size.learned', { callId, batchSize });
    }
    const state = isAboutHealth(result) ? this.breaker.note(isSick(result), now) : undefined;
    if (state === undefined) return;
    const { halfOpensAt = now } = this.breaker;
    this.log.write('warn', state === 'open' ? 'breaker.opened' : 'breaker.closed', {
      waitMs: Math.round(halfOpensAt - now),
    });
    if (state === 'closed') return;
    for (const one of this.pending) {
      if (one.submission.priority === 'interactive' && !one.isFlying) this.giveUp(one, 'breaker-open');
    }
  }

  /**
   * Says for each of those who flew whether it is settled, sent again, or under suspicion.
   *
   * @returns an offender that was found, who may not have been in this call
   */
  private judge(flight: Flight, result: CallResult, now: number): PendingUpdate | undefined {
    const { members, isolation } = flight;
    if (isolation) return this.judgeStep(flight, isolation, result, now);
    if (members.length === 1 || !isDivisible(result)) {
      this.judgeEach(members, result, now);
      return undefined;
    }
    if (isTooLarge(result)) return undefined; // they go again, fewer at a time
    const blamed = result.kind === 'refused' ? (result.offenders ?? []) : [];
    if (blamed.length > 0) {
      for (const position of blamed) this.condemn(members[position], result, now);
      return undefined; // the others go again
    }
    const begun = new Isolation<PendingUpdate, CallResult>(members, result);
    for (const one of members) {
      one.isolation = begun;
      one.explain(now, { event: 'isolation-begun', itemCount: members.length });
    }
    this.log.write('warn', 'isolation.begun', {
      callId: flight.callId,
      itemCount: members.length,
      because: reasonOf(result),
    });
    this.lanes.isolate(flight.lane, begun);
    return undefined;
  }

  private judgeStep(
    { members, lane, callId }: Flight,
    isolation: Isolation<PendingUpdate, CallResult>,
    result: CallResult,
    now: number,
  ): PendingUpdate | undefined {
    let found: Offender<PendingUpdate, CallResult> | undefined;
    if (isDivisible(result) && !isTooLarge(result)) {
      found = isolation.refused(result);
    } else {
      for (const one of members) one.isolation = undefined;
      if (result.kind === 'answered') found = isolation.passed();
      else isolation.restart((one) => !one.isSettled && one.isolation === isolation);
      if (members.length === 1 || !isTooLarge(result)) this.judgeEach(members, result, now);
    }
    if (found) {
      this.log.write('warn', 'isolation.found', { callId, because: reasonOf(found.refusal) });
      this.condemn(found.offender, found.refusal, now);
    }
    if (isolation.members.length > 0) this.lanes.isolate(lane, isolation);
    return found?.offender;
  }

  /** It stands alone: the refusal was its own. */
  private condemn(offender: PendingUpdate | undefined, refusal: CallResult, now: number): void {
    if (!offender || offender.isSettled) return;
    offender.isolation = undefined;
    offender.explain(now, { event: 'isolated', because: reasonOf(refusal) });
    this.judgeEach([offender], refusal, now);
  }

  private judgeEach(members: readonly PendingUpdate[], result: CallResult, now: number): void {
    const verdicts = readVerdicts(
      result,
      members.map(({ update }) => update),
    );
    const dice = this.clock.dice(); // one for all, so that those who failed together go again together
    members.forEach((one, position) => {
      const verdict = verdicts[position];
      if (verdict) this.judgeOne(one, verdict, now, dice);
      if (result.kind === 'refused' && isDivisible(result) && !isTooLarge(result)) {
        this.offenders.add(one.submission.laneKey, one.item.json, result.errors, now);
      }
    });
  }

  private judgeOne(one: PendingUpdate, verdict: Verdict, now: number, dice: number): void {
    one.explain(now, { event: 'judged', ...describeVerdict(verdict) });
    if (verdict.kind === 'updated') return one.settleUpdated(verdict, now);
    if (verdict.kind === 'rejected') return one.settleRejected(verdict.errors, now);
    one.fail(verdict);
    const { deadlineAt, priority } = one.submission;
    const isOver =
      this.reasonToStop(one) !== undefined ||
      (priority === 'interactive' && this.breaker.state(now) === 'open');
    const isPointsLost =
      !one.isSafeToRepeat && verdict.failure.kind !== 'not-sent' && verdict.failure.kind !== 'not-processed';
    const { itemWithoutPoints } = one.update;
    if (isPointsLost && itemWithoutPoints && !one.isSettled) {
      one.takeOutPoints(measureItem(itemWithoutPoints), now);
    }
    const decision = decideRetry(
      {
        failure: verdict.failure,
        attempt: one.attempt,
        remainingMs: isOver ? 0 : deadlineAt - now,
        isSafeToRepeat: one.isSafeToRepeat,
      },
      BACKOFF,
      dice,
    );
    if (decision.retry && verdict.canPass) {
      one.explain(now, { event: 'waits-for-retry', waitMs: Math.round(decision.waitMs) });
      this.rest(one, decision.waitMs);
      return;
    }
    one.explain(now, {
      event: 'not-sent-again',
      because: decision.retry ? 'cannot-pass' : decision.because,
    });
    const { halfOpensAt = now } = this.breaker;
    one.giveUp(verdict.reason, now, Math.max(0, halfOpensAt - now));
  }

  private rest(one: PendingUpdate, waitMs: number): void {
    one.isResting = true;
    this.clock.after(waitMs, () => {
      one.isResting = false;
      this.surface([one]);
      this.pumpSoon();
    });
  }

  // --- Going out ---

  /** Puts those who may fly into their lanes. */
  private surface(updates: readonly PendingUpdate[]): void {
    for (const one of updates) {
      const isHeld = one.isSettled || one.isFlying || one.isResting || one.isolation !== undefined;
      if (!isHeld && one.ticket && this.order.mayFly(one.ticket)) this.lanes.push(one);
    }
  }

  /** Settles it without waiting any longer. */
  private giveUp(one: PendingUpdate, reason: OutcomeReason): void {
    const now = this.clock.now();
    const { halfOpensAt = now } = this.breaker;
    one.giveUp(reason, now, Math.max(0, halfOpensAt - now));
    if (!one.isFlying) this.remove(one);
  }

  /** Takes a settled update that is not in flight out of everything. */
  private remove(one: PendingUpdate): void {
    if (!one.ticket) return;
    const free = this.order.leave(one.ticket);
    this.forget(one);
    this.surface(free);
    this.pumpSoon();
  }

  private forget(one: PendingUpdate): void {
    if (!this.pending.delete(one)) return;
    one.ticket = undefined;
    const { item, laneKey: key, priority } = one.submission;
    this.pendingBytes -= item.bytes;
    const lane = this.lanes.of(key, one.update.kind);
    lane.memberCount -= 1;
    if (one.attempt === 0 && priority === 'interactive') lane.interactiveCount -= 1;
    this.lanes.close(lane);
  }

  private boundsOf(kind: Update['kind']): CallBounds {
    return { itemCount: this.sizes[kind].size, bodyBytes: this.settings.UPSTREAM_MAX_BODY_BYTES };
  }

  private tell(outcomes: readonly Outcome[], startedAt: number): void {
    const count = (kind: Outcome['outcome']): number =>
      outcomes.filter(({ outcome }) => outcome === kind).length;
    this.log.write('info', 'updates.settled', {
      itemCount: outcomes.length,
      ...(outcomes.length === 1 && { updateId: outcomes[0]?.updateId }),
      updated: count('updated'),
      rejected: count('rejected'),
      failed: count('failed'),
      unknown: count('unknown'),
      durationMs: Math.round(this.clock.now() - startedAt),
    });
  }
}

/** Whether one of the updates may be to blame for what happened to all. */
function isDivisible(result: CallResult): boolean {
  return (
    (result.kind === 'refused' && result.isDivisible) ||
    (result.kind === 'not-processed' && result.reason === 'customer-busy')
  );
}

function isTooLarge(result: CallResult): boolean {
  return result.kind === 'refused' && result.reason === 'batch-too-large';
}

/** Whether it says anything about the vendor's health: a wrong credential or a full minute does not. */
function isAboutHealth(result: CallResult): boolean {
  return (
    result.kind === 'answered' ||
    (result.reason !== 'rate-limited' &&
      result.reason !== 'credentials-refused' &&
      result.reason !== 'customer-busy')
  );
}

function isSick(result: CallResult): boolean {
  return result.kind === 'not-sent' || result.kind === 'not-processed' || result.kind === 'ambiguous';
}

function reasonOf(result: CallResult): string {
  return result.kind === 'answered' ? result.kind : `${result.kind}: ${result.reason}`;
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
