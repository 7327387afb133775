import { Injectable } from '@nestjs/common';
import { Problem } from '../problems/problem.js';
import { isKeyLike } from './api-key.js';
import { ApiKeys } from './api-keys.service.js';
import { FailedAttempts } from './failed-attempts.js';
import { JwtVerifier, type Verified } from './jwt-verifier.js';
import type { Principal } from './principal.js';
import { readBearer } from './read-bearer.js';
import { keysUnavailable, tooManyFailures, unauthenticated } from './security-problems.js';

/** Authenticates callers by API key or JWT, and limits failed attempts (brute force). */
@Injectable()
export class Authenticator {
  constructor(
    private readonly apiKeys: ApiKeys,
    private readonly jwts: JwtVerifier,
    private readonly failed: FailedAttempts,
  ) {}

  /**
   * @param authorization the header, if there is one
   * @param address the address of the caller; its failures are counted
   * @throws Problem `unauthenticated`, `too-many-failures` or `authentication-unavailable`
   */
  async authenticate(authorization: string | undefined, address: string): Promise<Principal> {
    const token = readBearer(authorization);
    const verified: Verified = token === undefined ? { kind: 'refused' } : await this.verify(token);
    switch (verified.kind) {
      case 'known':
        return verified.principal;
      case 'unavailable':
        throw keysUnavailable();
      case 'refused':
        throw await this.refusal(token !== undefined, address);
    }
  }

  private async verify(token: string): Promise<Verified> {
    if (!isKeyLike(token)) return this.jwts.verify(token);
    const principal = this.apiKeys.find(token);
    return principal ? { kind: 'known', principal } : { kind: 'refused' };
  }

  private async refusal(hasToken: boolean, address: string): Promise<Problem> {
    const waitSeconds = await this.failed.record(address);
    return waitSeconds === undefined ? unauthenticated(hasToken) : tooManyFailures(waitSeconds);
  }
}
