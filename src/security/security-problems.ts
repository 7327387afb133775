import { ProblemException } from '../problems/problem.js';
import { PROBLEM_PAGES } from '../problems/problem-catalog.js';
import type { Scope } from './scopes.js';

const CHALLENGE = 'Bearer realm="meniscus"';
const NOTHING_CHANGED = { outcome: 'failed', retryable: true };
const ISSUER_RETRY_SECONDS = '5';

/**
 * Nobody is told why a key is refused: unknown, expired and revoked look the same.
 * Source of the challenges: RFC 6750, section 3.
 */
export function unauthenticated(hasToken: boolean): ProblemException {
  const challenge = hasToken ? `${CHALLENGE}, error="invalid_token"` : CHALLENGE;
  const detail = hasToken ? 'The key or token is not accepted.' : 'The request has no key and no token.';
  return new ProblemException('unauthenticated', detail, {}, { 'WWW-Authenticate': challenge });
}

/**
 * @param scopes of which any would do; the challenge names the first, as all that it names would be needed
 * @param what needs it, as the beginning of a sentence
 */
export function insufficientScope(
  scopes: readonly [Scope, ...Scope[]],
  what = 'The endpoint',
): ProblemException {
  return new ProblemException(
    'insufficient-scope',
    `${what} needs the scope ${scopes.join(' or ')}.`,
    {},
    { 'WWW-Authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${scopes[0]}"` },
  );
}

export function tooManyFailures(waitSeconds: number): ProblemException {
  const { explanation } = PROBLEM_PAGES['too-many-failures'];
  return new ProblemException('too-many-failures', explanation, {}, { 'Retry-After': String(waitSeconds) });
}

export function keysUnavailable(): ProblemException {
  const { explanation } = PROBLEM_PAGES['authentication-unavailable'];
  const headers = { 'Retry-After': ISSUER_RETRY_SECONDS };
  return new ProblemException('authentication-unavailable', explanation, NOTHING_CHANGED, headers);
}
