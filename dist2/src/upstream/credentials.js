var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { TokenSource } from './token.source.js';
/** The lower-case hex MD5 is the vendor's scheme, not a choice. Source: docs/vendor-contract.md section 1. */
export function basicAuthorization(till, password) {
    const hash = createHash('md5').update(password, 'utf8').digest('hex');
    return `Basic ${Buffer.from(`${till}:${hash}`, 'utf8').toString('base64')}`;
}
/**
 * The headers that authenticate us: OAuth between back ends, Basic for tills. Source: docs/vendor-contract.md section
 * 5.
 */
let Credentials = class Credentials {
    tokens;
    settings;
    constructor(tokens, settings) {
        this.tokens = tokens;
        this.settings = settings;
    }
    /** @param refused the token of the call that was answered with 401 */
    async headers(refused) {
        if (this.settings.UPSTREAM_AUTH === 'basic') {
            const { UPSTREAM_BASIC_TILL: till = '', UPSTREAM_BASIC_PASSWORD: password = '' } = this.settings;
            return { headers: { Authorization: basicAuthorization(till, password) } };
        }
        const result = await this.tokens.get(refused);
        if ('failure' in result)
            return result;
        return { headers: { 'X-CAP-API-OAUTH-TOKEN': result.token.value }, token: result.token };
    }
};
Credentials = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [TokenSource,
        Settings])
], Credentials);
export { Credentials };
//# sourceMappingURL=credentials.js.map