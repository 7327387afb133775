var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { SharedCallsRepository } from '../records/shared-calls.repository.js';
import { vendorBase } from './vendor-url.js';
/** Names the budget of all instances with the same credentials at the same host; a hash, as the database stores it. */
function budgetName(settings) {
    const credential = settings.UPSTREAM_OAUTH_KEY ?? settings.UPSTREAM_BASIC_TILL ?? '';
    return createHash('sha256')
        .update(`${vendorBase(settings)}\n${credential}`)
        .digest('hex');
}
/**
 * The calls per minute of all instances together, in the database that they share. While the database is unavailable,
 * each instance keeps to the limit by itself.
 */
let SharedBudget = class SharedBudget {
    calls;
    settings;
    log;
    name;
    constructor(calls, settings, log) {
        this.calls = calls;
        this.settings = settings;
        this.log = log;
        this.name = budgetName(settings);
    }
    get isNeeded() {
        return this.calls.isShared && this.settings.UPSTREAM_CALLS_PER_MINUTE > 0;
    }
    /** @returns 0 when the call may leave, else after how many milliseconds to try again */
    async take(callId) {
        if (!this.isNeeded)
            return 0;
        try {
            return await this.calls.take(callId, this.name, this.settings.UPSTREAM_CALLS_PER_MINUTE);
        }
        catch (error) {
            this.log.fault('shared-budget.lost', error, { callId });
            return 0;
        }
    }
    /** @param wasMade false when the call was taken and never left */
    end(callId, wasMade = true) {
        if (!this.isNeeded)
            return;
        const noted = wasMade ? this.calls.end(callId) : this.calls.giveBack(callId);
        // A call without a recorded end counts for minutes longer, which is harmless.
        noted.catch((error) => this.log.fault('shared-budget.lost', error, { callId }));
    }
};
SharedBudget = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [SharedCallsRepository,
        Settings,
        EventLog])
], SharedBudget);
export { SharedBudget };
//# sourceMappingURL=shared-budget.js.map