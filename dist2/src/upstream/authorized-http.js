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
import { isUnauthorized } from './classify-answer.js';
import { Credentials } from './credentials.js';
import { PacedHttp } from './paced-http.js';
import { VendorHttp } from './vendor-http.js';
/**
 * Sends HTTP calls with our credentials.
 *
 * When the vendor refuses a token, it fetches a new one and repeats the call once: a 401 processes nothing.
 */
let AuthorizedHttp = class AuthorizedHttp {
    http;
    paced;
    credentials;
    state = 'unused';
    constructor(http, paced, credentials) {
        this.http = http;
        this.paced = paced;
        this.credentials = credentials;
    }
    /** Sends a call as soon as the quota allows. */
    async exchange(call, wait) {
        const send = (authorized) => this.paced.exchange(authorized, wait);
        return this.exchangeTwice(call, send, send);
    }
    /** Sends a call that the caller has taken from the quota and ends there; a repeated call takes one of its own. */
    async exchangeTaken(call) {
        return this.exchangeTwice(call, (authorized) => this.http.exchange(authorized), (authorized) => this.paced.exchange(authorized));
    }
    /** Whether the vendor accepted our credentials at the last call. */
    get credentialState() {
        return this.state;
    }
    async exchangeTwice(call, send, repeat) {
        const first = await this.exchangeOnce(call, send);
        if (!first.token || !first.isRefused)
            return first.exchange;
        return (await this.exchangeOnce(call, repeat, first.token)).exchange;
    }
    async exchangeOnce(call, send, refused) {
        const credentials = await this.credentials.headers(refused);
        if ('failure' in credentials) {
            this.state = credentials.failure;
            return credentials.failure === 'refused'
                ? { exchange: { kind: 'not-sent', reason: 'credentials-refused', canPass: false }, isRefused: true }
                : { exchange: { kind: 'not-sent', reason: 'token-unavailable', canPass: true }, isRefused: false };
        }
        const exchange = await send({ ...call, headers: { ...call.headers, ...credentials.headers } });
        const isRefused = exchange.kind === 'answer' && isUnauthorized(exchange);
        if (exchange.kind === 'answer')
            this.state = isRefused ? 'refused' : 'accepted';
        return { exchange, isRefused, ...(credentials.token && { token: credentials.token }) };
    }
};
AuthorizedHttp = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [VendorHttp,
        PacedHttp,
        Credentials])
], AuthorizedHttp);
export { AuthorizedHttp };
//# sourceMappingURL=authorized-http.js.map