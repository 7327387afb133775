import { Injectable } from '@nestjs/common';
import { type JWTPayload, type JWTVerifyGetKey, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { pointerTo } from '../validation/json-body.js';
import { type Validated, validateAs } from '../validation/validate-as.js';
import { isScope } from './scopes.js';
import type { Bounds, Principal } from './principal.js';
import { BoundsRecord } from './bounds-record.js';

/** Asymmetric algorithms only: with a symmetric one, any reader of the public key could sign tokens. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** The tolerated difference between the issuer's clock and ours. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** Source: OpenID Connect Core 1.0, section 2, about `sub`. */
const MAX_SUBJECT_CHARACTERS = 255;

/** Limits the time to fetch the issuer's keys; callers wait meanwhile. */
const FETCH_TIMEOUT_MS = 5000;

/** The issuer's keys are fetched again when they are older, or earlier if a token names an unknown key. */
const KEYS_MAX_AGE_MS = 600_000;

/** Unknown keys cause a fetch no more often than this. */
const FETCH_COOLDOWN_MS = 30_000;

/** The result of verifying a token; `unavailable` if the issuer's keys cannot be fetched. */
export type Verified =
  { kind: 'known'; principal: Principal } | { kind: 'refused' } | { kind: 'unavailable' };

class KeysUnavailable extends Error {}

/** Returns a lookup of the issuer's keys; it throws `KeysUnavailable` if they cannot be fetched. */
function issuerKeys(url: string): JWTVerifyGetKey {
  const jwks = createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cacheMaxAge: KEYS_MAX_AGE_MS,
    cooldownDuration: FETCH_COOLDOWN_MS,
  });
  return async (header, token) => {
    try {
      return await jwks(header, token);
    } catch (error) {
      const isTokenAtFault =
        error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
      throw isTokenAtFault ? error : new KeysUnavailable('the keys of the issuer', { cause: error });
    }
  };
}

/** The type of the object in `authorization_details` that has our bounds. Source: RFC 9396, sections 2 and 9.1. */
const DETAILS_TYPE = 'meniscus';

/**
 * Reads the bounds that the issuer sets for the principal. An unknown bound is a mistake, because the service could not
 * enforce it.
 */
function readBounds({ authorization_details: details = [] }: JWTPayload): Validated<Bounds> {
  const pointer = '/authorization_details';
  if (!Array.isArray(details)) return { mistakes: [{ pointer, code: 'type', message: 'must be an array' }] };
  const found = (details as readonly Partial<Record<string, unknown>>[]).flatMap((one, index) =>
    one?.['type'] === DETAILS_TYPE ? [{ one, index }] : [],
  );
  const [ours, ...others] = found;
  if (!ours) return { value: {} };
  if (others.length > 0) {
    return { mistakes: [{ pointer, code: 'repeated', message: `has the type ${DETAILS_TYPE} twice` }] };
  }
  const { type: _type, ...bounds } = ours.one;
  return validateAs(BoundsRecord, bounds, pointerTo(pointer, ours.index));
}

function readPrincipal({ iss, sub, scope }: JWTPayload, bounds: Bounds): Principal | undefined {
  if (sub === undefined || sub === '' || sub.length > MAX_SUBJECT_CHARACTERS) return undefined;
  const words = typeof scope === 'string' ? scope.split(' ') : [];
  return {
    ...bounds,
    kind: 'jwt',
    name: `${iss}#${sub}`,
    scopes: new Set(words.filter(isScope)),
  };
}

/** Verifies JWTs of the one issuer that is configured. */
@Injectable()
export class JwtVerifier {
  private readonly keys: JWTVerifyGetKey | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {
    if (settings.JWT_JWKS_URL !== undefined) this.keys = issuerKeys(settings.JWT_JWKS_URL);
  }

  async verify(token: string): Promise<Verified> {
    const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = this.settings;
    if (!this.keys || issuer === undefined || audience === undefined) return { kind: 'refused' };
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'sub'],
      });
      const bounds = readBounds(payload);
      if ('mistakes' in bounds) {
        const mistakes = bounds.mistakes.map(({ pointer = '', message }) => `${pointer} ${message}`);
        this.log.write('error', 'jwt.bounds-refused', { mistakes });
        return { kind: 'refused' };
      }
      const principal = readPrincipal(payload, bounds.value);
      return principal ? { kind: 'known', principal } : { kind: 'refused' };
    } catch (error) {
      if (error instanceof KeysUnavailable) {
        this.log.fault('jwks.unavailable', error.cause);
        return { kind: 'unavailable' };
      }
      if (error instanceof errors.JOSEError) return { kind: 'refused' };
      throw error;
    }
  }
}
