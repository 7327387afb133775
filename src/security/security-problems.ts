import { type Mistake, Problem } from '../problems/problem.js';
import type { Scope } from './scopes.js';

const CHALLENGE = 'Bearer realm="meniscus"';
const NOTHING_CHANGED = { outcome: 'failed', retryable: true };
const ISSUER_RETRY_AFTER_MS = 5000;

/**
 * Responses do not reveal why a key is refused: unknown, expired and revoked keys look the same.
 * Source of the challenges: RFC 6750, section 3.
 */
export function unauthenticated(hasToken: boolean): Problem {
  const challenge = hasToken ? `${CHALLENGE}, error="invalid_token"` : CHALLENGE;
  const detail = hasToken ? 'The key or token is not accepted.' : 'The request has no key and no token.';
  return new Problem('unauthenticated', { detail, headers: { 'WWW-Authenticate': challenge } });
}

/**
 * @param scopes any of them is enough; the challenge names only the first, because it would require all that it names
 * @param what the subject of the sentence, which needs the scope
 */
export function insufficientScope(scopes: readonly [Scope, ...Scope[]], what = 'The endpoint'): Problem {
  return new Problem('insufficient-scope', {
    detail: `${what} needs the scope ${scopes.join(' or ')}.`,
    headers: { 'WWW-Authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${scopes[0]}"` },
  });
}

/** @param mistakes each names a part of the request and the scope that it needs */
export function insufficientScopeOfParts(mistakes: readonly Mistake[]): Problem {
  return new Problem('insufficient-scope', {
    detail: 'Parts of the request need scopes that the key or token lacks. Nothing was sent to the vendor.',
    errors: mistakes,
    headers: { 'WWW-Authenticate': `${CHALLENGE}, error="insufficient_scope"` },
  });
}

export function tooManyFailures(waitSeconds: number): Problem {
  return new Problem('too-many-failures', { retryAfterMs: waitSeconds * 1000 });
}

export function keysUnavailable(): Problem {
  return new Problem('authentication-unavailable', {
    ...NOTHING_CHANGED,
    retryAfterMs: ISSUER_RETRY_AFTER_MS,
  });
}
