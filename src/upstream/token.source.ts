import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import type { FailureReason } from './call-result.js';
import { errorsOf, parseJson } from './classify-answer.js';
import { isObject } from './read-results.js';
import { SecretFile } from './secret-file.js';
import type { HttpAnswer } from './vendor-http.js';
import { PacedHttp } from './paced-http.js';
import { vendorUrl } from './vendor-url.js';
import type { WireTokenAnswer } from './wire/token.wire.js';

export const TOKEN_PATH = '/v3/oauth/token/generate';

/** A token is renewed this long before it ends, or after four fifths of a short life. */
const RENEWAL_LEAD_MS = 30_000;
const RENEWAL_SHARE = 0.8;

export interface Token {
  readonly value: string;
  /** When it is renewed, a while before the vendor lets it expire. */
  readonly renewAt: number;
}

/** A token, or why there is none, such as `credentials-refused`. */
export type TokenResult = { readonly token: Token } | { readonly failure: FailureReason };

/**
 * Reads the answer of the token call.
 *
 * @param now milliseconds since the epoch
 * @returns undefined when the answer holds no usable token. Source: docs/vendor-contract.md section 5
 */
export function readToken(body: string, now: number): Token | undefined {
  let answer: WireTokenAnswer | null;
  try {
    answer = JSON.parse(body) as WireTokenAnswer | null;
  } catch {
    return undefined; // HTML of a gateway holds no token
  }
  const { accessToken, ttlSeconds } = answer?.data ?? {};
  if (typeof accessToken !== 'string' || !/^[\x21-\x7e]+$/.test(accessToken)) return undefined;
  const ttl = typeof ttlSeconds === 'string' ? Number(ttlSeconds) : ttlSeconds;
  const lifeMs = typeof ttl === 'number' && ttl > 0 ? ttl * 1000 : 0; // NaN is no life
  return { value: accessToken, renewAt: now + Math.max(lifeMs - RENEWAL_LEAD_MS, lifeMs * RENEWAL_SHARE) };
}

/** Names what an answer without a token says. */
function whyNoToken({ status, body }: HttpAnswer): FailureReason {
  if (status === 429 || status >= 500) return 'token-unavailable';
  const isElsewhere = (status >= 300 && status < 400) || status === 404 || status === 405;
  if (isElsewhere) return 'not-a-token-endpoint';
  if (status === 401 || isObject(errorsOf(parseJson(body))) || Array.isArray(errorsOf(parseJson(body))))
    return 'credentials-refused';
  // A bare 4xx comes from something on the way; a success without a token from something else.
  return status >= 400 ? 'token-unavailable' : 'not-a-token-endpoint';
}

/** Holds the access token: fetches it once for all calls that wait, and keeps it until shortly before it expires. */
@Injectable()
export class TokenSource {
  private readonly secret: SecretFile;
  private token: Token | undefined;
  private underWay: Promise<TokenResult> | undefined;

  constructor(
    private readonly http: PacedHttp,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {
    this.secret = new SecretFile('UPSTREAM_OAUTH_SECRET', settings, log);
  }

  /**
   * Returns the token to use now.
   *
   * @param refused a token that the vendor has just refused; a new one is fetched unless another call already did
   */
  async get(refused?: Token): Promise<TokenResult> {
    const { token } = this;
    if (token && token !== refused && Date.now() < token.renewAt) return { token };
    this.underWay ??= this.fetch().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  private async fetch(): Promise<TokenResult> {
    const startedAt = Date.now();
    const { UPSTREAM_OAUTH_KEY: key } = this.settings;
    const secret = this.secret.value;
    const call = {
      method: 'POST' as const,
      url: vendorUrl(this.settings, TOKEN_PATH).href,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ key, secret }),
    };
    const exchange = await this.http.exchange(call, { isToken: true });
    const facts = { durationMs: Date.now() - startedAt };
    if (exchange.kind !== 'answer') {
      this.log.write('warn', 'token.failed', { ...facts, because: exchange.reason });
      const isNotConnected = exchange.kind === 'not-sent' && exchange.reason !== 'rate-limited';
      return { failure: isNotConnected ? exchange.reason : 'token-unavailable' };
    }
    const token = exchange.status < 300 ? readToken(exchange.body, startedAt) : undefined;
    if (!token) {
      const failure = whyNoToken(exchange);
      this.log.write('error', 'token.failed', { ...facts, status: exchange.status, because: failure });
      return { failure };
    }
    this.token = token;
    this.log.write('info', 'token.fetched', { ...facts, ttlMs: token.renewAt - startedAt });
    return { token };
  }
}
