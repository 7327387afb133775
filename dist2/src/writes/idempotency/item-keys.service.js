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
import { Settings } from '../../config/settings.js';
import { Problem, invalidRequest } from '../../problems/problem.js';
import { EventLog } from '../../observability/event-log.js';
import { CreditsRepository } from '../../records/credits.repository.js';
import { IdempotencyRepository } from '../../records/idempotency.repository.js';
import { creditIdOf } from '../credits/credit-ids.js';
import { takeOverCredits } from '../credits/credit-outcomes.js';
import { itemInUse, keyOfAnotherItem } from './key-conflict-outcomes.js';
import { leaseMs } from './lease.js';
import { keySpaceOf } from './read-key.js';
import { fingerprintRequest } from './request-fingerprint.js';
import { keyedItems, repeatedKeys } from './sent-items.js';
import { answerOf } from './stored-answer.js';
/** Keeps the promise of `idempotencyKey` for the items of a batch: one that is sent again works on new and failed items only. */
let ItemKeys = class ItemKeys {
    records;
    credits;
    settings;
    log;
    constructor(records, credits, settings, log) {
        this.records = records;
        this.credits = credits;
        this.settings = settings;
        this.log = log;
    }
    /**
     * Reserves the keys of items without an outcome.
     *
     * @param held what the key of the whole request knows and guards
     * @throws Problem `invalid-request` where a key is there twice
     */
    async reserve(request, sent, held) {
        const keyed = keyedItems(sent).filter(({ index }) => !held.known.has(index));
        if (keyed.length === 0)
            return { known: held.known, guards: held.guards, items: [] };
        const repeated = repeatedKeys(sent.kind, keyed);
        if (repeated.length > 0)
            throw invalidRequest(repeated);
        const space = itemKeySpaceOf(request);
        const guarded = keyed.map((item) => ({
            ...item,
            creditId: item.creditsPoints ? creditIdOf({ ...space, key: item.key }) : undefined,
        }));
        const reserved = await this.reserveAll(request, space, guarded);
        const known = new Map(held.known);
        const guards = new Map(held.guards);
        const items = [];
        for (const [position, { index, creditId }] of guarded.entries()) {
            const one = reserved[position];
            if (one?.kind !== 'reserved') {
                if (one)
                    known.set(index, outcomeOf(one));
                continue;
            }
            items.push({ index, creditId, ...one });
            if (creditId !== undefined)
                guards.set(index, { id: creditId, lease: one.leaseToken });
        }
        const itemCount = known.size - held.known.size;
        if (itemCount > 0)
            this.log.write('info', 'idempotency.items-replayed', { itemCount });
        return this.takeOver({ known, guards, items });
    }
    /** Keeps the outcomes of the items; an item that failed may be tried again. */
    async keep({ items }, outcomes) {
        const kept = items.flatMap(({ index, record, leaseToken }) => {
            const outcome = outcomes[index];
            if (!outcome || outcome.outcome === 'failed')
                return [];
            const { index: _here, ...content } = outcome;
            return [{ record, leaseToken, answer: answerOf(200, content) }];
        });
        const isKept = new Set(kept.map(({ leaseToken }) => leaseToken));
        const open = items.filter(({ leaseToken }) => !isKept.has(leaseToken));
        await this.end(open, kept);
    }
    /**
     * Ends the right after an error, so that the items may be tried again. After a fault that was not planned, points may
     * have been sent: those leases stay, and the next process that takes them over looks at the credits.
     */
    async release({ items }, error) {
        const isPlanned = error instanceof Problem;
        const released = items.filter(({ creditId }) => isPlanned || creditId === undefined);
        await this.end(released, []);
    }
    reserveAll({ method, routeOptions, query }, space, items) {
        const { onInvalid: _ofTheBatch, ...asked } = query;
        const path = routeOptions.url ?? '';
        return this.records.reserveMany(space, items.map(({ key, content, creditId }) => ({
            key,
            creditIds: creditId === undefined ? [] : [creditId],
            fingerprint: fingerprintRequest({ method, path, query: asked, body: content }),
        })), leaseMs(this.settings));
    }
    /** Adds what became of the credits that an earlier process left. */
    async takeOver(held) {
        const left = held.items.flatMap(({ index, creditId, isTakenOver }) => isTakenOver && creditId !== undefined ? [[index, creditId]] : []);
        if (left.length === 0)
            return held;
        try {
            const settled = await takeOverCredits(this.credits, new Map(left));
            return { ...held, known: new Map([...held.known, ...settled]) };
        }
        catch (error) {
            await this.release(held, error);
            throw error;
        }
    }
    async end(released, kept) {
        try {
            const lost = kept.length > 0 ? kept.length - (await this.records.finishMany(kept)) : 0;
            if (lost > 0)
                this.log.write('warn', 'idempotency.lease-lost', { itemCount: lost });
            if (released.length > 0)
                await this.records.releaseMany(released.map(({ leaseToken }) => leaseToken));
        }
        catch (error) {
            this.log.fault('idempotency.not-kept', error, { itemCount: kept.length + released.length });
        }
    }
};
ItemKeys = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [IdempotencyRepository,
        CreditsRepository,
        Settings,
        EventLog])
], ItemKeys);
export { ItemKeys };
/** The keys of items are apart from those of requests. */
function itemKeySpaceOf(request) {
    const { principal, endpoint } = keySpaceOf(request);
    return { principal, endpoint: `${endpoint}#item` };
}
/** The outcome of an item that this request does not work on. */
function outcomeOf(reserved) {
    switch (reserved.kind) {
        case 'replay': {
            const outcome = JSON.parse(reserved.answer.body);
            return { ...outcome, replayed: true };
        }
        case 'running':
            return itemInUse();
        case 'conflict':
            return keyOfAnotherItem();
    }
}
//# sourceMappingURL=item-keys.service.js.map