var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { BACKOFF, decideRetry } from '../delivery/settle/retry-decision.js';
import { problemOfRead } from '../writes/to-outcome-dto.js';
import { ChildrenClient, } from '../upstream/reads/children.client.js';
const DEFAULT_LIMIT = 10;
function translateSearch(search) {
    const { parent, company, limit = DEFAULT_LIMIT, offset = 0, ...options } = search;
    const above = company
        ? { type: 'company', externalId: company.externalId }
        : { type: 'parentCustomer', identifier: parent?.identifier ?? { type: '', value: '' } };
    return { ...options, above, limit, offset };
}
/** Reads the customers below a parent or a company. A read changes nothing, so it is retried after every transient failure. */
let ChildrenService = class ChildrenService {
    client;
    constructor(client) {
        this.client = client;
    }
    /** @throws Problem if the vendor refuses the search, or does not answer before the deadline */
    async search(search, route, options) {
        const query = translateSearch(search);
        const result = await this.list(query, route, options);
        if (result.kind !== 'page')
            throw problemOfRead(result);
        const { customers, count = 0 } = result.page;
        const { limit, offset } = query;
        return {
            customers,
            // The vendor does not say whether it counts the page or all children. A count above the size of the page must be of all.
            ...(count > customers.length && { total: count }),
            ...(customers.length >= limit && { next: { offset: offset + customers.length, limit } }),
        };
    }
    async list(query, route, options) {
        const deadline = AbortSignal.timeout(Math.max(0, Math.ceil(options.deadlineAt - performance.now())));
        const until = AbortSignal.any([options.signal, deadline]);
        for (let attempt = 1;; attempt += 1) {
            const result = await this.client.list(route, query, { attempt, until });
            if (result.kind === 'page' || result.kind === 'refused')
                return result;
            if (result.kind !== 'ambiguous' && !result.canPass)
                return result;
            const decision = decideRetry({
                failure: result,
                attempt,
                remainingMs: until.aborted ? 0 : options.deadlineAt - performance.now(),
                isSafeToRepeat: true,
            }, BACKOFF, Math.random());
            if (!decision.retry)
                return result;
            await sleep(decision.waitMs, undefined, { signal: until }).catch(() => undefined);
        }
    }
};
ChildrenService = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [ChildrenClient])
], ChildrenService);
export { ChildrenService };
//# sourceMappingURL=children.service.js.map