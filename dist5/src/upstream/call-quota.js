var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { Injectable } from '@nestjs/common';
import { EventLog } from '../observability/event-log.js';
import { CallBudget } from './call-budget.js';
import { SharedBudget } from './shared-budget.js';
/**
 * The calls per minute of this instance and of all instances together.
 *
 * A call is taken from this instance first, which needs no I/O, and from the shared budget before it leaves. Then it
 * either ends, or is given back because it never left.
 *
 * Every `now` is on the scale of `performance.now()`.
 */
let CallQuota = class CallQuota {
    own;
    shared;
    log;
    /** Ids of the calls that were taken from the shared budget and have not ended. */
    sharedCalls = new Set();
    constructor(own, shared, log) {
        this.own = own;
        this.shared = shared;
        this.log = log;
    }
    /** How many calls this instance may still make within the minute that ends now; Infinity without a limit. */
    left(now) {
        return this.own.left(now);
    }
    /** When this instance may take its next call, or `now`. */
    nextAt(now, callClass) {
        return this.own.nextAt(now, callClass);
    }
    /** When this instance could take the nth call from now, if nothing else took any. */
    timeOf(nth, now) {
        return this.own.timeOf(nth, now);
    }
    /** Takes one call of this instance; the caller has waited for `nextAt`. */
    take(now) {
        this.own.take(now);
    }
    /**
     * Takes a call of this instance from the shared budget too.
     *
     * @returns 0 when the call may leave, else after how many milliseconds to try again
     */
    async takeShared(callId) {
        const waitMs = await this.shared.take(callId);
        if (waitMs === 0)
            this.sharedCalls.add(callId);
        return waitMs;
    }
    /** Gives back a call that was taken and never left. */
    giveBack(callId) {
        this.own.giveBack();
        if (this.sharedCalls.delete(callId))
            this.shared.end(callId, false);
    }
    /** Ends a call that left: both budgets count it for another minute. */
    end(callId, now) {
        this.own.end(now);
        if (this.sharedCalls.delete(callId))
            this.shared.end(callId);
    }
    /** Learns the pace that the vendor accepts, from a 429. */
    refused(callId, retryAfterMs, now) {
        const { callsPerMinute, pauseMs } = this.own.refused(retryAfterMs, now);
        this.log.write('warn', 'pace.learned', { callId, callsPerMinute, waitMs: Math.round(pauseMs) });
    }
    /** Counts a call that the vendor did not refuse for its pace, and tries a faster pace when it is time to. */
    accepted(now) {
        const callsPerMinute = this.own.accepted(now);
        if (callsPerMinute !== undefined)
            this.log.write('info', 'pace.probed', { callsPerMinute });
    }
};
CallQuota = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [CallBudget,
        SharedBudget,
        EventLog])
], CallQuota);
export { CallQuota };
//# sourceMappingURL=call-quota.js.map