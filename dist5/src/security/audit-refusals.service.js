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
import { AuditLog } from '../observability/audit-log.js';
import { KeyedHash } from '../observability/keyed-hash.js';
import { callerId, logNameOf } from './principal.js';
/** How many refusals of one address are recorded singly in a minute; an attacker must not be able to fill the disk. */
const EVENTS_PER_MINUTE = 60;
const MINUTE_MS = 60_000;
/** Writes one audit event for each refusal of access; above a limit for each address, one event summarizes the others. */
let RefusalAudit = class RefusalAudit {
    audit;
    hash;
    /** The number of refusals in this minute, by the hash of the address. */
    counts = new Map();
    timer = setInterval(() => this.writeSummaries(), MINUTE_MS).unref();
    constructor(audit, hash) {
        this.audit = audit;
        this.hash = hash;
    }
    write(request, { type, status }) {
        const address = this.hash.ofAddress(request.ip);
        const count = (this.counts.get(address) ?? 0) + 1;
        this.counts.set(address, count);
        if (count > EVENTS_PER_MINUTE)
            return;
        this.audit.write('access.refused', {
            requestId: request.id,
            principal: request.principal && logNameOf(callerId(request)),
            address,
            method: request.method,
            endpoint: request.routeOptions.url ?? 'none',
            status,
            problem: type,
        });
    }
    onModuleDestroy() {
        clearInterval(this.timer);
        this.writeSummaries();
    }
    writeSummaries() {
        for (const [address, count] of this.counts) {
            const itemCount = count - EVENTS_PER_MINUTE;
            if (itemCount > 0)
                this.audit.write('access.refusals-summarized', { address, itemCount });
        }
        this.counts.clear();
    }
};
RefusalAudit = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [AuditLog,
        KeyedHash])
], RefusalAudit);
export { RefusalAudit };
//# sourceMappingURL=audit-refusals.service.js.map