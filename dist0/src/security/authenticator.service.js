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
import { isKeyLike } from './api-key.js';
import { ApiKeys } from './api-keys.service.js';
import { FailedAttempts } from './failed-attempts.js';
import { JwtVerifier } from './jwt-verifier.js';
import { readBearer } from './read-bearer.js';
import { keysUnavailable, tooManyFailures, unauthenticated } from './security-problems.js';
/** Authenticates callers by API key or JWT, and limits failed attempts (brute force). */
let Authenticator = class Authenticator {
    apiKeys;
    jwts;
    failed;
    constructor(apiKeys, jwts, failed) {
        this.apiKeys = apiKeys;
        this.jwts = jwts;
        this.failed = failed;
    }
    /**
     * @param authorization the header, if there is one
     * @param address the address of the caller; its failures are counted
     * @throws Problem `unauthenticated`, `too-many-failures` or `authentication-unavailable`
     */
    async authenticate(authorization, address) {
        const token = readBearer(authorization);
        const verified = token === undefined ? { kind: 'refused' } : await this.verify(token);
        switch (verified.kind) {
            case 'known':
                return verified.principal;
            case 'unavailable':
                throw keysUnavailable();
            case 'refused':
                throw await this.refusal(token !== undefined, address);
        }
    }
    async verify(token) {
        if (!isKeyLike(token))
            return this.jwts.verify(token);
        const principal = this.apiKeys.find(token);
        return principal ? { kind: 'known', principal } : { kind: 'refused' };
    }
    async refusal(hasToken, address) {
        const waitSeconds = await this.failed.record(address);
        return waitSeconds === undefined ? unauthenticated(hasToken) : tooManyFailures(waitSeconds);
    }
};
Authenticator = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [ApiKeys,
        JwtVerifier,
        FailedAttempts])
], Authenticator);
export { Authenticator };
//# sourceMappingURL=authenticator.service.js.map