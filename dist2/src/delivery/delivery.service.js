var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { KeyedHash } from '../observability/keyed-hash.js';
import { BulkClient } from '../upstream/bulk.client.js';
import { measureItem } from '../upstream/bulk-request.js';
import { CallQuota } from '../upstream/call-quota.js';
import { Preflight } from './call/preflight.service.js';
import { Clock } from './clock.js';
import { CreditJournal } from './call/credit-journal.service.js';
import { Admission } from './admission/admission.js';
import { countOutcomes } from './count-outcomes.js';
import { Explanations } from './explanation.js';
import { Settler } from './settle/settle.js';
import { laneKey } from './queue/lane.js';
import { RecentRejections } from './admission/recent-rejections.js';
import { PendingUpdate } from './queue/pending-update.js';
import { PendingSet } from './queue/pending-set.js';
import { planBulkCalls } from './call/plan-dry-run.js';
import { LaneScheduler } from './queue/lane-scheduler.js';
import { VendorCapacity } from './capacity/vendor-capacity.js';
/** How many explanations are kept. */
const EXPLAINED_UPDATES = 10_000;
/** Takes updates, and returns one outcome for each: waits for the lane's turn, packs, sends, settles, retries. */
let DeliveryService = class DeliveryService {
    client;
    clock;
    settings;
    log;
    preflight;
    journal;
    hash;
    pending = new PendingSet();
    capacity;
    admission;
    scheduler;
    settler;
    explanations = new Explanations(EXPLAINED_UPDATES);
    stop = new AbortController();
    /** The async context of calls: a call belongs to many requests, so no request's log context may apply to it. */
    callContext = new AsyncResource('delivery');
    sequence = 0;
    isPumpDue = false;
    cancelWake;
    constructor(client, quota, clock, settings, log, preflight, journal, hash) {
        this.client = client;
        this.clock = clock;
        this.settings = settings;
        this.log = log;
        this.preflight = preflight;
        this.journal = journal;
        this.hash = hash;
        const rejections = new RecentRejections(settings.REJECTION_CACHE_MS);
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
    async submit(updates, options) {
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
    /**
     * Explains why one more update could not be admitted now, whatever is in it, so that its caller can be refused before
     * its body is read; undefined when it may be.
     *
     * @param lane absent where it is not known: then only the room for pending updates counts
     */
    refusalOfNext(lane, deadlineAt) {
        const known = lane && { laneKey: laneKey(lane), kind: lane.kind };
        return this.admission.refusalOfNext(known, deadlineAt, this.clock.now());
    }
    /** Plans the bulk calls that would deliver these updates, in their order; sends nothing. */
    plan(updates) {
        return planBulkCalls(updates, (kind) => this.capacity.boundsOf(kind)).flatMap((calls, wave) => calls.flatMap((positions) => {
            const members = positions.flatMap((position) => updates[position] ?? []);
            const [first] = members;
            if (!first)
                return [];
            const items = members.map(({ item }) => measureItem(item));
            const { method, url, headers, body } = this.client.describe(first.route, items);
            const parsed = JSON.parse(body ?? 'null');
            return [{ method, url, headers, body: parsed, updates: positions, wave }];
        }));
    }
    get breakerState() {
        return this.capacity.breakerState(this.clock.now());
    }
    /** Explains what happened to an update, and why; undefined when it is too old or unknown. */
    explain(updateId) {
        return this.explanations.get(updateId);
    }
    /**
     * Running requests go on. After `DRAIN_TIMEOUT_MS`, updates that still wait are given up, and their callers get their
     * outcomes.
     */
    beforeApplicationShutdown() {
        this.log.write('info', 'drain.begun', { itemCount: this.pending.count });
        this.clock.after(this.settings.DRAIN_TIMEOUT_MS, () => {
            this.stop.abort();
            for (const update of this.pending)
                this.giveUp(update, 'shutting-down');
        });
    }
    // --- Admission ---
    receive(update, options, now) {
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
    /** Admits the updates that can be delivered; the others are settled at once. */
    admit(arrived, now) {
        const refusalOfAll = this.admission.refusalOfAll(arrived, now);
        for (const one of arrived) {
            const refusal = refusalOfAll ?? this.admission.refusalOf(one, now);
            if (refusal)
                reject(one, refusal, now);
            else
                this.pending.add(one);
        }
        this.pumpSoon();
    }
    /** Ends the caller's wait at the deadline, and when the caller goes away. */
    watch(arrived, { deadlineAt, signal }) {
        const onGone = () => {
            // The answer to an update in flight is still worth having.
            for (const one of arrived)
                if (!one.isSent)
                    this.giveUp(one, 'caller-gone');
        };
        signal.addEventListener('abort', onGone);
        const cancel = Number.isFinite(deadlineAt)
            ? this.clock.after(deadlineAt - this.clock.now(), () => {
                for (const one of arrived)
                    this.giveUp(one, 'deadline-passed');
            })
            : undefined;
        return () => {
            cancel?.();
            signal.removeEventListener('abort', onGone);
        };
    }
    // --- Scheduling ---
    /** Looks for calls that may leave, after everything that has arrived by now has been read. */
    pumpSoon() {
        if (this.isPumpDue)
            return;
        this.isPumpDue = true;
        this.callContext.runInAsyncScope(() => this.clock.soon(() => this.pump()));
    }
    pump() {
        this.isPumpDue = false;
        this.cancelWake?.();
        this.cancelWake = undefined;
        for (;;) {
            const now = this.clock.now();
            const next = this.scheduler.next(now);
            if (!next)
                return;
            if (next.leavesAt > now)
                return this.wakeAt(next.leavesAt, now);
            this.takeTurn(next.turn, now);
        }
    }
    wakeAt(at, now) {
        if (at === Infinity)
            return; // the end of a call wakes it
        this.cancelWake = this.callContext.runInAsyncScope(() => this.clock.after(Math.ceil(at - now), () => this.pump()));
    }
    takeTurn(turn, now) {
        const batch = this.pending.takeBatch(turn, ({ kind }) => this.capacity.boundsOf(kind));
        if (!batch)
            return;
        this.scheduler.recordTurn(turn, batch.members, now);
        this.capacity.begin(now);
        batch.lane.beginCall(now);
        void this.sendBatch(batch);
    }
    // --- In flight ---
    async sendBatch(batch) {
        const callId = randomUUID();
        const checked = await this.preflight.run(callId, batch.members, this.clock.random());
        const sentAt = this.clock.now();
        for (const one of checked.permitted) {
            const { submission } = one;
            const isTooLate = submission.deadlineAt - sentAt < this.capacity.timeToAnswer(submission);
            if (isTooLate)
                one.giveUp('deadline-unreachable', sentAt);
        }
        const members = checked.permitted.filter(({ isSettled }) => !isSettled); // a caller may have gone meanwhile
        // At once: a caller may submit a failed update again before this call is over.
        this.journal.noteAnswered(checked.permitted.filter((one) => one.isSettled && !one.isSafeToRepeat));
        const { isolation } = batch;
        const call = {
            ...batch,
            callId,
            members,
            itemCount: members.length,
            sentAt,
            isIsolation: isolation !== undefined,
        };
        for (const one of members)
            one.markSent(call);
        const result = await this.send(call);
        this.preflight.end(checked);
        this.finish(batch, call, checked, result);
    }
    async send({ members, callId }) {
        const [first] = members;
        if (!first)
            return { kind: 'not-sent', reason: 'no-updates-left', canPass: true, decidedBy: 'preflight' };
        try {
            const items = members.map(({ item }) => item);
            const attempt = Math.max(...members.map((one) => one.attempt));
            return await this.client.send(first.update.route, items, { callId, attempt });
        }
        catch (error) {
            this.log.fault('delivery.fault', error, { callId });
            return { kind: 'ambiguous', reason: 'unexpected-fault', decidedBy: 'fault' };
        }
    }
    finish(batch, call, { refused, later }, result) {
        const now = this.clock.now();
        const carriers = call.members.filter((one) => !one.isSafeToRepeat);
        const opensBreaker = this.capacity.end(call, result, now);
        for (const { one, reason } of refused)
            one.giveUp(reason, now);
        for (const { one } of later)
            one.endIsolation();
        for (const one of call.members)
            one.markAnswered(call, result, now);
        const { retries, found } = this.settler.settle(call, result, now);
        for (const retry of [...retries, ...later])
            this.backOff(retry);
        this.journal.noteAnswered(carriers);
        for (const one of batch.members) {
            const reason = one.reasonToStop;
            if (reason)
                one.giveUp(reason, now); // it would be sent again
        }
        batch.lane.endCall();
        this.pending.release(batch);
        // It was found without a call of its own, so it was not released with the others.
        if (found?.isSettled)
            this.pending.remove(found);
        else if (found)
            this.pending.makeReady([found]);
        if (opensBreaker)
            this.failWaitingCallers();
        this.pumpSoon();
    }
    backOff({ one, waitMs }) {
        one.startBackoff();
        this.clock.after(waitMs, () => {
            one.endBackoff();
            this.pending.makeReady([one]);
            this.pumpSoon();
        });
    }
    // --- Giving up ---
    /** Callers do not wait while the breaker is open. */
    failWaitingCallers() {
        for (const one of this.pending) {
            if (one.submission.priority === 'interactive' && !one.isSent)
                this.giveUp(one, 'breaker-open');
        }
    }
    /** Settles an update without further waiting. */
    giveUp(one, reason) {
        const now = this.clock.now();
        one.giveUp(reason, now, this.capacity.breakerOpenMs(now));
        if (one.isInCall)
            return;
        this.pending.remove(one);
        this.pumpSoon();
    }
    logSettled(updates, outcomes, startedAt) {
        this.log.conclude('updates.settled', {
            itemCount: outcomes.length,
            ...(outcomes.length === 1 && { updateId: outcomes[0]?.updateId }),
            customers: this.hash.ofCustomers(updates),
            ...countOutcomes(outcomes),
            durationMs: Math.round(this.clock.now() - startedAt),
        });
    }
};
DeliveryService = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [BulkClient,
        CallQuota,
        Clock,
        Settings,
        EventLog,
        Preflight,
        CreditJournal,
        KeyedHash])
], DeliveryService);
export { DeliveryService };
function reject(one, refusal, now) {
    if (refusal.kind === 'rejected')
        one.settleRejected(refusal.errors, now, refusal.reason);
    else
        one.giveUp(refusal.reason, now, refusal.retryAfterMs);
}
//# sourceMappingURL=delivery.service.js.map