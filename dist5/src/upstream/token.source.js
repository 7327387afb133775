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
import { PacedHttp } from './paced-http.js';
import { vendorUrl } from './vendor-url.js';
export const TOKEN_PATH = '/v3/oauth/token/generate';
/** A token is renewed this long before it ends, or after four fifths of a short life. */
const RENEWAL_LEAD_MS = 30_000;
const RENEWAL_SHARE = 0.8;
/**
 * Reads the answer of the token call.
 *
 * @param now milliseconds since the epoch
 * @returns undefined when the answer holds no usable token. Source: docs/vendor-contract.md section 5
 */
export function readToken(body, now) {
    let answer;
    try {
        answer = JSON.parse(body);
    }
    catch {
        return undefined; // HTML of a gateway holds no token
    }
    const { accessToken, ttlSeconds } = answer?.data ?? {};
    if (typeof accessToken !== 'string' || !/^[\x21-\x7e]+$/.test(accessToken))
        return undefined;
    const lifeMs = typeof ttlSeconds === 'number' && ttlSeconds > 0 ? ttlSeconds * 1000 : 0;
    return { value: accessToken, renewAt: now + Math.max(lifeMs - RENEWAL_LEAD_MS, lifeMs * RENEWAL_SHARE) };
}
/** Holds the access token: fetches it once for all calls that wait, and keeps it until shortly before it expires. */
let TokenSource = class TokenSource {
    http;
    settings;
    log;
    token;
    underWay;
    constructor(http, settings, log) {
        this.http = http;
        this.settings = settings;
        this.log = log;
    }
    /**
     * Returns the token to use now.
     *
     * @param refused a token that the vendor has just refused; a new one is fetched unless another call already did
     */
    async get(refused) {
        const { token } = this;
        if (token && token !== refused && Date.now() < token.renewAt)
            return { token };
        this.underWay ??= this.fetch().finally(() => (this.underWay = undefined));
        return this.underWay;
    }
    async fetch() {
        const startedAt = Date.now();
        const { UPSTREAM_OAUTH_KEY: key, UPSTREAM_OAUTH_SECRET: secret } = this.settings;
        const call = {
            method: 'POST',
            url: vendorUrl(this.settings, TOKEN_PATH).href,
            headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
            body: JSON.stringify({ key, secret }),
        };
        const exchange = await this.http.exchange(call, { isToken: true });
        const facts = { durationMs: Date.now() - startedAt };
        if (exchange.kind !== 'answer') {
            this.log.write('warn', 'token.failed', { ...facts, because: exchange.reason });
            return { failure: 'unavailable' };
        }
        const token = exchange.status < 300 ? readToken(exchange.body, startedAt) : undefined;
        if (!token) {
            const failure = exchange.status === 429 || exchange.status >= 500 ? 'unavailable' : 'refused';
            this.log.write('error', 'token.failed', { ...facts, status: exchange.status, because: failure });
            return { failure };
        }
        this.token = token;
        this.log.write('info', 'token.fetched', { ...facts, ttlMs: token.renewAt - startedAt });
        return { token };
    }
};
TokenSource = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [PacedHttp,
        Settings,
        EventLog])
], TokenSource);
export { TokenSource };
//# sourceMappingURL=token.source.js.map