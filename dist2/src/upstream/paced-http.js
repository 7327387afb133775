var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { CallQuota } from './call-quota.js';
import { readRetryAfter } from './classify-answer.js';
import { VendorHttp } from './vendor-http.js';
/** Sends tokens, reads and repeated calls as soon as the calls per minute allow. */
let PacedHttp = class PacedHttp {
    http;
    quota;
    settings;
    constructor(http, quota, settings) {
        this.http = http;
        this.quota = quota;
        this.settings = settings;
    }
    /** @returns `not-sent` when the quota does not allow it in time */
    async exchange(call, wait = {}) {
        const callId = randomUUID();
        if (!(await this.take(callId, wait)))
            return { kind: 'not-sent', reason: 'rate-limited', canPass: true };
        const exchange = await this.http.exchange(call);
        const now = performance.now();
        this.quota.end(callId, now);
        if (exchange.kind === 'answer' && exchange.status === 429) {
            this.quota.refused(callId, readRetryAfter(exchange.retryAfter, Date.now()), now);
        }
        return exchange;
    }
    /** @returns whether a call was taken */
    async take(callId, { until, isToken = false }) {
        const waitsUntil = performance.now() + this.settings.UPSTREAM_TIMEOUT_MS;
        for (;;) {
            const now = performance.now();
            const at = this.quota.nextAt(now, isToken ? 'token' : 'reserved');
            if (until?.aborted || at > waitsUntil)
                return false;
            if (at <= now) {
                this.quota.take(now);
                const waitMs = await this.quota.takeShared(callId);
                if (waitMs === 0)
                    return true;
                this.quota.giveBack(callId);
                if (now + waitMs > waitsUntil)
                    return false;
                await pause(waitMs, until);
            }
            else
                await pause(at - now, until);
        }
    }
};
PacedHttp = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [VendorHttp,
        CallQuota,
        Settings])
], PacedHttp);
export { PacedHttp };
async function pause(waitMs, until) {
    await sleep(Math.ceil(waitMs), undefined, until && { signal: until }).catch(() => undefined);
}
//# sourceMappingURL=paced-http.js.map