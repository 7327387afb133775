var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Module } from '@nestjs/common';
import { InboundLimits } from './inbound-limits.service.js';
import { ApiKeys } from './api-keys.service.js';
import { RefusalAudit } from './audit-refusals.service.js';
import { Authenticator } from './authenticator.service.js';
import { FailedAttempts } from './failed-attempts.js';
import { JwtVerifier } from './jwt-verifier.js';
/** Authenticates and authorizes callers, and limits their rates. */
let SecurityModule = class SecurityModule {
};
SecurityModule = __decorate([
    Module({
        providers: [ApiKeys, Authenticator, FailedAttempts, InboundLimits, JwtVerifier, RefusalAudit],
        exports: [ApiKeys, Authenticator, InboundLimits, RefusalAudit],
    })
], SecurityModule);
export { SecurityModule };
//# sourceMappingURL=security.module.js.map