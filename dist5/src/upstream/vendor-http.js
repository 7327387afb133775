var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { NoAnswer, createPool, undiciAdapter } from './undici-adapter.js';
/** The most bytes of an answer: 1,000 customers with their children come to a few MB. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** The vendor's ids have 36 characters; an id of a gateway could have any number. */
const MAX_REQUEST_ID_LENGTH = 128;
/** Options for `HttpModule`: connections are kept alive, and nothing can send credentials to another host. */
export function vendorHttpOptions(settings) {
    const { origin } = new URL(settings.UPSTREAM_BASE_URL);
    const pool = createPool(origin, {
        connections: settings.UPSTREAM_MAX_CONCURRENCY + 1,
        connectTimeoutMs: settings.UPSTREAM_CONNECT_TIMEOUT_MS,
        maxAnswerBytes: MAX_ANSWER_BYTES,
        ca: settings.UPSTREAM_CA,
    });
    return {
        adapter: undiciAdapter(origin, pool),
        timeout: settings.UPSTREAM_TIMEOUT_MS,
        // The adapter does not decompress: most answers are small.
        headers: { 'User-Agent': 'meniscus', 'Accept-Encoding': 'identity' },
        transformRequest: [],
        transformResponse: [],
    };
}
/**
 * Makes one HTTP exchange with the vendor, bounded in time and size, and distinguishes what was sent from what was not.
 */
let VendorHttp = class VendorHttp {
    client;
    constructor(client) {
        this.client = client;
    }
    async exchange(call) {
        try {
            const answer = await this.client.axiosRef.request({
                method: call.method,
                url: call.url,
                headers: call.headers,
                data: call.body,
            });
            const retryAfter = firstOf(answer.headers['retry-after']);
            const requestId = firstOf(answer.headers['x-cap-request-id']);
            return {
                kind: 'answer',
                status: answer.status,
                body: answer.data,
                ...(typeof retryAfter === 'string' && { retryAfter }),
                ...(typeof requestId === 'string' && {
                    upstreamRequestId: requestId.slice(0, MAX_REQUEST_ID_LENGTH),
                }),
            };
        }
        catch (error) {
            return explain(error);
        }
    }
};
VendorHttp = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [HttpService])
], VendorHttp);
export { VendorHttp };
/** Returns the first value of a header, which a gateway may have repeated. */
function firstOf(header) {
    return Array.isArray(header) ? header[0] : header;
}
const AMBIGUOUS_REASONS = {
    late: 'answer-timeout',
    large: 'answer-too-large',
    broken: 'connection-lost',
};
function explain(error) {
    // An error of axios itself leaves open whether the call was sent.
    if (!(error instanceof NoAnswer))
        return { kind: 'ambiguous', reason: 'connection-lost' };
    if (error.mayBeSent)
        return { kind: 'ambiguous', reason: AMBIGUOUS_REASONS[error.why] };
    const reason = error.why === 'late' ? 'connect-timeout' : 'connection-refused';
    return { kind: 'not-sent', reason, canPass: true };
}
//# sourceMappingURL=vendor-http.js.map