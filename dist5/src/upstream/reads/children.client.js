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
import { EventLog } from '../../observability/event-log.js';
import { AuthorizedHttp } from '../authorized-http.js';
import { classifyFailure, parseJson } from '../classify-answer.js';
import { cleanerOf } from '../clean-message.js';
import { vendorUrl } from '../vendor-url.js';
import { readChildrenPage } from './read-children.js';
/**
 * The vendor lists children at this path, whatever the path of bulk updates. Source: docs/vendor-contract.md section 7.
 */
const CHILDREN_PATH = '/v2/customers/bulk';
function searchParameters({ source, accountId }, query) {
    const { above, limit, offset, ...options } = query;
    const { type, value } = above.type === 'company' ? { type: 'externalId', value: above.externalId } : above.identifier;
    const parameters = new URLSearchParams({ source });
    if (accountId !== undefined)
        parameters.set('accountId', accountId);
    parameters.set('associationEntityType', above.type);
    parameters.set('associationEntityIdentifierType', type);
    parameters.set('associationEntityIdentifierValue', value);
    parameters.set('limit', String(limit));
    parameters.set('offset', String(offset));
    for (const [name, option] of Object.entries(options)) {
        if (option !== undefined)
            parameters.set(name, String(option));
    }
    return parameters;
}
/** Lists the customers below a parent or a company. Each attempt returns a `ChildrenResult` and never throws. */
let ChildrenClient = class ChildrenClient {
    http;
    settings;
    log;
    constructor(http, settings, log) {
        this.http = http;
        this.settings = settings;
        this.log = log;
    }
    /** @param until aborted when the result is no longer wanted */
    async list(route, query, { attempt, until }) {
        const startedAt = Date.now();
        const url = vendorUrl(this.settings, CHILDREN_PATH);
        url.search = searchParameters(route, query).toString();
        const call = { method: 'GET', url: url.href, headers: { Accept: 'application/json' } };
        const exchange = await this.http.exchange(call, { until });
        const result = this.read(exchange, query);
        this.log.write(result.kind === 'page' ? 'info' : 'warn', 'children-call.answered', {
            source: route.source,
            attempt,
            status: exchange.kind === 'answer' ? exchange.status : undefined,
            upstreamRequestId: exchange.kind === 'answer' ? exchange.upstreamRequestId : undefined,
            durationMs: Date.now() - startedAt,
            ...(result.kind === 'page'
                ? { itemCount: result.page.customers.length }
                : { because: `${result.kind}: ${result.reason}` }),
        });
        return result;
    }
    read(exchange, { above }) {
        if (exchange.kind !== 'answer')
            return exchange;
        const read = readChildrenPage(parseJson(exchange.body));
        if ('page' in read && exchange.status < 300)
            return { kind: 'page', page: read.page };
        const clean = cleanerOf([above.type === 'company' ? above.externalId : above.identifier.value]);
        return classifyFailure(exchange, 'errors' in read ? read.errors : undefined, clean, Date.now());
    }
};
ChildrenClient = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [AuthorizedHttp,
        Settings,
        EventLog])
], ChildrenClient);
export { ChildrenClient };
//# sourceMappingURL=children.client.js.map