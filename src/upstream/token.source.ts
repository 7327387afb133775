import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
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

/** `refused`: the vendor does not accept our key and secret, so trying again cannot help. */
export type TokenResult = { readonly token: Token } | { readonly failure: 'refused' | 'unavailable' };

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
  const lifeMs = typeof ttlSeconds === 'number' && ttlSeconds > 0 ? ttlSeconds * 1000 : 0;
  return { value: accessToken, renewAt: now + Math.max(lifeMs - RENEWAL_LEAD_MS, lifeMs * RENEWAL_SHARE) };
}

/** Holds the access token: fetches it once for all calls that wait, and keeps it until shortly before it expires. */
@Injectable()
export class TokenSource {
  private token: Token | undefined;
  private underWay: Promise<TokenResult> | undefined;

  constructor(
    private readonly http: PacedHttp,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {}

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
    const { UPSTREAM_OAUTH_KEY: key, UPSTREAM_OAUTH_SECRET: secret } = this.settings;
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
      return { failure: 'unavailable' };
    }
    const token = exchange.status < 300 ? readToken(exchange.body, startedAt) : undefined;
    if (!token) {
      const failure = exchange.status === 429 || exchange.status >= 500 ? 'unavailable' : 'refused';
      this.log.write('error', 'token.failed', { ...facts, status: exchange.status, because: failure });
      return { failure };
    }
    this.token = token;
    this.log.write('info', 'token.fetched', { ...facts, ttlMs: token.renewAt - startedAt });
    return { token };
  }
}
