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
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { AuthorizedHttp } from './authorized-http.js';
import { bulkRequest } from './bulk-request.js';
import { classifyAnswer, parseJson, errorsOf } from './classify-answer.js';
import { isKnownCode } from './code-catalog.js';
import { cleanerFor } from './clean-message.js';
import { namedItems } from './named-items.js';
/** Sends bulk calls. Each attempt returns a `CallResult` and never throws. */
let BulkClient = class BulkClient {
    http;
    settings;
    log;
    loggedCodes = new Set();
    constructor(http, settings, log) {
        this.http = http;
        this.settings = settings;
        this.log = log;
    }
    /** Returns the call that would be sent, without credentials. */
    describe(route, items) {
        return bulkRequest(this.settings, route, items);
    }
    /** Makes one attempt. The caller has taken its first HTTP call from the quota, and ends it there. */
    async send(route, items, facts) {
        const startedAt = Date.now();
        const call = bulkRequest(this.settings, route, items);
        const exchange = await this.http.exchangeTaken(call);
        const result = this.read(exchange, items);
        const upstreamRequestId = exchange.kind === 'answer' ? exchange.upstreamRequestId : undefined;
        this.logResult(result, {
            ...facts,
            upstreamRequestId,
            source: route.source,
            itemCount: items.length,
            bodyBytes: Buffer.byteLength(call.body ?? ''),
            status: exchange.kind === 'answer' ? exchange.status : undefined,
            durationMs: Date.now() - startedAt,
        });
        return { ...result, ...(upstreamRequestId !== undefined && { upstreamRequestId }) };
    }
    read(exchange, measured) {
        if (exchange.kind !== 'answer')
            return { ...exchange, decidedBy: 'transport' };
        const items = measured.map(({ item }) => item);
        const result = classifyAnswer(exchange, cleanerFor(items), Date.now());
        if (result.kind !== 'refused' || !result.isDivisible)
            return result;
        return { ...result, rejectedPositions: namedItems(errorsOf(parseJson(exchange.body)), items) };
    }
    logResult(result, facts) {
        const messages = result.kind === 'answered'
            ? result.results
                .flatMap((one) => [one, ...one.children])
                .flatMap(({ errors, warnings }) => [...errors, ...warnings])
            : result.kind === 'refused'
                ? result.errors
                : [];
        const codes = [...new Set(messages.map(({ code }) => code))];
        if (result.kind === 'answered')
            this.log.write('info', 'bulk-call.answered', { ...facts, codes });
        else
            this.log.write('warn', 'bulk-call.failed', {
                ...facts,
                codes,
                because: `${result.kind}: ${result.reason}`,
            });
        for (const code of codes.filter((candidate) => !isKnownCode(candidate) && !this.loggedCodes.has(candidate))) {
            this.loggedCodes.add(code);
            this.log.write('warn', 'vendor-code.unknown', { codes: [code] });
        }
    }
};
BulkClient = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [AuthorizedHttp,
        Settings,
        EventLog])
], BulkClient);
export { BulkClient };
//# sourceMappingURL=bulk.client.js.map