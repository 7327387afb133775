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
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { CreditsRepository, } from '../records/credits.repository.js';
import { Sweeper } from '../database/sweeper.js';
import { DeliveryService } from './delivery.service.js';
import { guardCredit } from './update.js';
const SWEEP_EVERY_MS = 10_000;
/**
 * How often one attempt may wait for the vendor: for a token and its call, for the call itself, and for all that again
 * after a 401.
 */
const WAITS_PER_ATTEMPT = 6;
/** The outcome of a credit that was not applied, after its customer was erased. */
function erasedOutcome(updateId) {
    return { outcome: 'rejected', updateId, reason: 'customer-erased', errors: [], attempts: 0, callIds: [] };
}
/** Credits in doubt: a person or a service resolves them here; a retry never does. */
let UnknownCreditsService = class UnknownCreditsService extends Sweeper {
    credits;
    delivery;
    settings;
    log;
    constructor(credits, delivery, settings, log) {
        super(SWEEP_EVERY_MS, (error) => log.fault('credits.not-swept', error));
        this.credits = credits;
        this.delivery = delivery;
        this.settings = settings;
        this.log = log;
    }
    /** The first sweep ends before requests are accepted. */
    // oxlint-disable-next-line typescript/no-misused-promises -- Nest awaits the hook
    async onApplicationBootstrap() {
        await this.sweepRepeatedly();
    }
    async list(query) {
        return (await this.credits.list(query)).map(readCredit);
    }
    async find(id) {
        const credit = await this.credits.find(id);
        return credit && readCredit(credit);
    }
    /**
     * Resolves a credit. `applied` closes it; `not-applied` sends it once more, under a credit of its own that is guarded
     * like any other. After its customer was erased, a credit is closed without being sent.
     */
    async resolve(id, resolution, note, options) {
        const before = await this.credits.find(id); // a resolved credit no longer has its customer
        const outcome = resolution === 'applied' ? undefined : await this.sendAgain(id, note, options);
        const isDone = resolution === 'applied' ? await this.credits.confirm(id, note) : outcome !== undefined;
        const credit = await this.credits.find(id);
        if (!isDone)
            return { kind: credit ? 'not-in-doubt' : 'not-found' };
        if (!credit)
            throw new Error('a credit that was resolved is kept');
        this.log.write('info', 'credit.resolved', { creditId: id, because: resolution });
        const { customer = [] } = before ? readCredit(before) : {};
        return { kind: 'resolved', credit: readCredit(credit), customer, ...(outcome && { outcome }) };
    }
    async sendAgain(id, note, options) {
        const creditId = randomUUID();
        const released = await this.credits.release(id, note, creditId);
        if (!released)
            return undefined;
        if (released.payload === null)
            return erasedOutcome(creditId);
        const update = guardCredit(JSON.parse(released.payload), { id: creditId });
        const [outcome] = await this.delivery.submit([update], options);
        if (!outcome)
            throw new Error('delivery answered no outcome for an update');
        if (outcome.outcome === 'failed')
            await this.credits.reopen(creditId, outcome.reason);
        else
            await this.credits.forget([creditId]); // a credit that is in doubt again stays
        return outcome;
    }
    /** Marks credits as in doubt after their process ended while they were in flight. */
    async sweep() {
        const { UPSTREAM_TIMEOUT_MS, REQUEST_DEADLINE_MS } = this.settings;
        const itemCount = await this.credits.takeForUnknown(WAITS_PER_ATTEMPT * UPSTREAM_TIMEOUT_MS + REQUEST_DEADLINE_MS);
        if (itemCount > 0)
            this.log.write('warn', 'credits.found-in-doubt', { itemCount });
    }
};
UnknownCreditsService = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [CreditsRepository,
        DeliveryService,
        Settings,
        EventLog])
], UnknownCreditsService);
export { UnknownCreditsService };
function readCredit({ payload, route, ...credit }) {
    const update = payload === null ? undefined : JSON.parse(payload);
    return {
        ...credit,
        route: route,
        ...(update && { update, customer: update.customer.map(readKey) }),
    };
}
function readKey(key) {
    const at = key.indexOf(':');
    return { type: key.slice(0, at), value: key.slice(at + 1) };
}
//# sourceMappingURL=unknown-credits.service.js.map