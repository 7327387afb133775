import { Module } from '@nestjs/common';
import { InboundLimits } from './inbound-limits.service.js';
import { ApiKeys } from './api-keys.service.js';
import { RefusalAudit } from './audit-refusals.service.js';
import { Authenticator } from './authenticator.service.js';
import { FailedAttempts } from './failed-attempts.js';
import { JwtVerifier } from './jwt-verifier.js';

/** Authenticates and authorizes callers, and limits their rates. */
@Module({
  providers: [ApiKeys, Authenticator, FailedAttempts, InboundLimits, JwtVerifier, RefusalAudit],
  exports: [ApiKeys, Authenticator, InboundLimits, RefusalAudit],
})
export class SecurityModule {}
