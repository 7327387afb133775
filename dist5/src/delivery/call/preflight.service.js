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
import { CallQuota } from '../../upstream/call-quota.js';
import { CreditJournal } from './credit-journal.service.js';
import { CustomerLeases } from './customer-leases.service.js';
/** About as long as a call takes: after that another instance may have released the customer. */
const CUSTOMER_ELSEWHERE_MS = 50;
/**
 * Checks what must be certain before a call leaves, and what is shared with other instances or must survive this one.
 */
let Preflight = class Preflight {
    leases;
    quota;
    journal;
    constructor(leases, quota, journal) {
        this.leases = leases;
        this.quota = quota;
        this.journal = journal;
    }
    /** @param random uniform in [0, 1): instances that compete for a customer do not retry in step */
    async run(callId, members, random) {
        const free = await this.leases.acquire(members);
        const elsewhere = members.filter((one) => !free.includes(one));
        const later = elsewhere.map((one) => ({ one, waitMs: CUSTOMER_ELSEWHERE_MS * (0.5 + random) }));
        if (free.length === 0)
            return { permitted: [], refused: [], later };
        const waitMs = await this.quota.takeShared(callId);
        if (waitMs > 0) {
            this.leases.release(free);
            return { permitted: [], refused: [], later: [...later, ...free.map((one) => ({ one, waitMs }))] };
        }
        const { permitted, refused } = await this.journal.permit(callId, free);
        this.leases.release(refused.map(({ one }) => one));
        return { permitted, refused, later };
    }
    /** Releases the customers of the permitted updates: their call is over. */
    end({ permitted }) {
        this.leases.release(permitted);
    }
};
Preflight = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [CustomerLeases,
        CallQuota,
        CreditJournal])
], Preflight);
export { Preflight };
//# sourceMappingURL=preflight.service.js.map