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
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Settings } from '../config/settings.js';
import { Problem } from '../problems/problem.js';
import { OpenRequests } from './open-requests.js';
import { callerOf, principalId } from './principal.js';
import { formatPolicies, formatQuotasLeft } from './rate-limit-fields.js';
const UNITS = {
    requestsPerSecond: 'requests a second',
    updatesPerSecond: 'updates a second',
    concurrent: 'requests at a time',
};
function refusal(limit, quota, waitMs) {
    return new Problem('rate-limited', {
        detail: `The limit is ${quota} ${UNITS[limit]}.`,
        outcome: 'failed',
        retryable: true,
        retryAfterMs: waitMs,
    });
}
/**
 * Limits the requests and updates a second and the concurrent requests of a principal. Each process counts for itself.
 */
let InboundLimits = class InboundLimits {
    settings;
    /** One limiter for each distinct quota, because a limiter of the library has a single quota. */
    limiters = new Map();
    open = new OpenRequests();
    constructor(settings) {
        this.settings = settings;
    }
    /**
     * Counts a request of an authenticated caller until it is over, or refuses it.
     *
     * @throws Problem `rate-limited`
     */
    async admit(request, reply) {
        const { requestsPerSecond, concurrent } = this.limitsOf(request);
        await this.consume(request, 'requests', requestsPerSecond, 1);
        if (request.raw.socket.destroyed)
            return; // its close event has passed already
        const id = principalId(callerOf(request));
        const count = this.open.countOf(id);
        this.reportQuota(request, { name: 'concurrent', remaining: Math.max(0, concurrent - count - 1) });
        if (count >= concurrent)
            throw refusal('concurrent', concurrent, this.open.waitMs(id));
        reply.raw.once('close', this.open.begin(id));
    }
    /**
     * Counts the updates of a request, or refuses them. A request may exceed the quota of a second while any of it is left;
     * then no updates are admitted for as many seconds as these use up.
     *
     * @throws Problem `rate-limited`
     */
    async countUpdates(request, count) {
        await this.consume(request, 'updates', this.limitsOf(request).updatesPerSecond, count);
    }
    /** Returns the rate limit fields of a response; none if its request was not counted. Source: draft-ietf-httpapi-ratelimit-headers-10. */
    fieldsOf(request) {
        const { quotasLeft } = request;
        if (!quotasLeft)
            return {};
        const { requestsPerSecond, updatesPerSecond, concurrent } = this.limitsOf(request);
        const policies = [
            { name: 'requests', quota: requestsPerSecond, windowSeconds: 1 },
            { name: 'updates', quota: updatesPerSecond, windowSeconds: 1 },
            { name: 'concurrent', quota: concurrent, unit: 'concurrent-requests' },
        ];
        return { 'RateLimit-Policy': formatPolicies(policies), RateLimit: formatQuotasLeft(quotasLeft) };
    }
    limitsOf(request) {
        const { limits = {} } = callerOf(request);
        return {
            requestsPerSecond: limits.requestsPerSecond ?? this.settings.LIMIT_REQUESTS_PER_SECOND,
            updatesPerSecond: limits.updatesPerSecond ?? this.settings.LIMIT_UPDATES_PER_SECOND,
            concurrent: limits.concurrent ?? this.settings.LIMIT_CONCURRENT_REQUESTS,
        };
    }
    async consume(request, name, quota, count) {
        const id = principalId(callerOf(request));
        const limiter = this.limiterOf(name, quota);
        try {
            const { remainingPoints, msBeforeNext } = await limiter.consume(id, count);
            this.reportQuota(request, { name, remaining: remainingPoints, resetMs: msBeforeNext });
        }
        catch (exceeded) {
            if (!(exceeded instanceof RateLimiterRes))
                throw exceeded;
            const { consumedPoints, msBeforeNext } = exceeded;
            if (consumedPoints - count >= quota) {
                this.reportQuota(request, { name, remaining: 0, resetMs: msBeforeNext });
                throw refusal(`${name}PerSecond`, quota, msBeforeNext);
            }
            const { msBeforeNext: resetMs } = await limiter.block(id, Math.ceil(consumedPoints / quota));
            this.reportQuota(request, { name, remaining: 0, resetMs });
        }
    }
    limiterOf(name, quota) {
        const key = `${name}:${quota}`;
        const limiter = this.limiters.get(key) ?? new RateLimiterMemory({ points: quota, duration: 1 });
        this.limiters.set(key, limiter);
        return limiter;
    }
    reportQuota(request, left) {
        (request.quotasLeft ??= []).push(left);
    }
};
InboundLimits = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Settings])
], InboundLimits);
export { InboundLimits };
//# sourceMappingURL=inbound-limits.service.js.map