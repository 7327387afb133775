var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
/** A caller with a key that was just revoked needs fewer failures than this to notice. */
const FAILURES_PER_MINUTE = 60;
/**
 * Limits brute force: counts failed authentications by address. A caller with a valid key is never refused for the
 * failures of others at its address.
 */
let FailedAttempts = class FailedAttempts {
    limiter = new RateLimiterMemory({ points: FAILURES_PER_MINUTE, duration: 60 });
    /** @returns after how many seconds the address may try again; undefined while it is below the limit */
    async record(address) {
        try {
            await this.limiter.consume(address);
            return undefined;
        }
        catch (refusal) {
            if (refusal instanceof RateLimiterRes)
                return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
            throw refusal;
        }
    }
};
FailedAttempts = __decorate([
    Injectable()
], FailedAttempts);
export { FailedAttempts };
//# sourceMappingURL=failed-attempts.js.map