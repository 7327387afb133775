var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { createHash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EventLog } from '../../observability/event-log.js';
import { CustomerLeasesRepository } from '../../records/customer-leases.repository.js';
import { ownedKeys } from '../update.js';
/** How long the customers of a killed instance stay reserved. */
const LEASE_MS = 10_000;
/** The keys of one update, hashed. */
function hashedKeys({ update }) {
    const { source, accountId = '' } = update.route;
    return [...ownedKeys(update), ...update.parent].map((key) => createHash('sha256').update(`${source}\n${accountId}\n${key}`).digest('base64'));
}
/**
 * Keeps two instances from touching a customer at the same time. Within one instance `CustomerLocks` does that, so an
 * instance never asks for a customer that it already has in a call.
 */
let CustomerLeases = class CustomerLeases {
    leases;
    log;
    holder = randomUUID();
    held = 0;
    extending;
    releases = Promise.resolve();
    constructor(leases, log) {
        this.leases = leases;
        this.log = log;
    }
    /** @returns the updates with customers that no other instance holds; all of them while the database is unavailable */
    async acquire(members) {
        if (!this.leases.isShared)
            return members;
        await this.releases; // a late release would give away what is acquired now
        const keys = new Map(members.map((one) => [one, hashedKeys(one)]));
        try {
            const all = [...new Set([...keys.values()].flat())];
            const acquired = await this.leases.acquire(this.holder, all, LEASE_MS);
            const permitted = members.filter((one) => keys.get(one)?.every((key) => acquired.has(key)));
            const wanted = new Set(permitted.flatMap((one) => keys.get(one) ?? []));
            this.keep(permitted.length);
            this.giveUp([...acquired].filter((key) => !wanted.has(key)));
            return permitted;
        }
        catch (error) {
            this.log.fault('customer-leases.lost', error);
            this.keep(members.length);
            return members;
        }
    }
    /** Releases the customers of a call that is over. */
    release(members) {
        if (!this.leases.isShared || members.length === 0)
            return;
        this.keep(-members.length);
        this.giveUp([...new Set(members.flatMap(hashedKeys))]);
    }
    giveUp(keys) {
        if (keys.length === 0)
            return;
        const released = this.leases
            .release(this.holder, keys)
            .catch((error) => this.log.fault('customer-leases.lost', error));
        this.releases = Promise.all([this.releases, released]);
    }
    /** Extends the leases while any is held. */
    keep(change) {
        this.held += change;
        if (this.held > 0) {
            this.extending ??= setInterval(() => {
                this.leases
                    .extend(this.holder, LEASE_MS)
                    .catch((error) => this.log.fault('customer-leases.lost', error));
            }, LEASE_MS / 4).unref();
        }
        else {
            clearInterval(this.extending);
            this.extending = undefined;
        }
    }
};
CustomerLeases = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [CustomerLeasesRepository,
        EventLog])
], CustomerLeases);
export { CustomerLeases };
//# sourceMappingURL=customer-leases.service.js.map