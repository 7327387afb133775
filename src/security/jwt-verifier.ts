import { Injectable } from '@nestjs/common';
import { type JWTPayload, type JWTVerifyGetKey, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { pointerTo } from '../validation/json-body.js';
import { type Validated, validateAs } from '../validation/validate-as.js';
import { isScope } from './scopes.js';
import type { Bounds, Principal } from './principal.js';
import { BoundsRecord } from './bounds-record.js';

/** Asymmetric ones only: with a symmetric one, whoever reads the public key could sign. */
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

/** How far the issuer's clock and ours may be apart. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** Source: OpenID Connect Core 1.0, section 2, of `sub`. */
const MOST_SUBJECT_CHARACTERS = 255;

/** How long an answer of the issuer may take; callers wait meanwhile. */
const FETCH_WITHIN_MS = 5000;

/** The issuer's keys are fetched anew when they are older, and before when a token names one that is not among them. */
const KEYS_GOOD_FOR_MS = 600_000;

/** An unknown key asks the issuer no more often than this. */
const ASK_AGAIN_AFTER_MS = 30_000;

/** What a token proves; `unavailable`: the issuer's keys cannot be had, so nobody knows. */
export type Verified =
  { kind: 'known'; principal: Principal } | { kind: 'refused' } | { kind: 'unavailable' };

class KeysUnavailable extends Error {}

/** The keys of the issuer, and whether they can be had at all. */
function keysOf(url: string): JWTVerifyGetKey {
  const jwks = createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_WITHIN_MS,
    cacheMaxAge: KEYS_GOOD_FOR_MS,
    cooldownDuration: ASK_AGAIN_AFTER_MS,
  });
  return async (header, token) => {
    try {
      return await jwks(header, token);
    } catch (error) {
      const isOfTheToken =
        error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
      throw isOfTheToken ? error : new KeysUnavailable('the keys of the issuer', { cause: error });
    }
  };
}

/** What a token says of bounds is an object of this type. Source: RFC 9396, sections 2 and 9.1. */
const DETAILS_TYPE = 'meniscus';

/**
 * What the issuer bounds its principal to. Whatever of it is not understood is a mistake: a bound that nobody keeps
 * would be none.
 */
function boundsIn({ authorization_details: details = [] }: JWTPayload): Validated<Bounds> {
  const pointer = '/authorization_details';
  if (!Array.isArray(details)) return { mistakes: [{ pointer, message: 'must be an array' }] };
  const found = (details as readonly Partial<Record<string, unknown>>[]).flatMap((one, index) =>
    one?.['type'] === DETAILS_TYPE ? [{ one, index }] : [],
  );
  const [ours, ...others] = found;
  if (!ours) return { value: {} };
  if (others.length > 0) return { mistakes: [{ pointer, message: `has the type ${DETAILS_TYPE} twice` }] };
  const { type: _type, ...bounds } = ours.one;
  return validateAs(BoundsRecord, bounds, pointerTo(pointer, ours.index));
}

function principalIn({ iss, sub, scope }: JWTPayload, bounds: Bounds): Principal | undefined {
  if (sub === undefined || sub === '' || sub.length > MOST_SUBJECT_CHARACTERS) return undefined;
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
    if (settings.JWT_JWKS_URL !== undefined) this.keys = keysOf(settings.JWT_JWKS_URL);
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
      const bounds = boundsIn(payload);
      if ('mistakes' in bounds) {
        const mistakes = bounds.mistakes.map(({ pointer = '', message }) => `${pointer} ${message}`);
        this.log.write('error', 'jwt.bounds-refused', { mistakes });
        return { kind: 'refused' };
      }
      const principal = principalIn(payload, bounds.value);
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
