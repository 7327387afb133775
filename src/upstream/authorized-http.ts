import { Injectable } from '@nestjs/common';
import { isUnauthorized } from './classify-answer.js';
import { Credentials } from './credentials.js';
import { PacedHttp, type QuotaWait } from './paced-http.js';
import type { Token } from './token.source.js';
import { type Exchange, type HttpCall, VendorHttp } from './vendor-http.js';

export type CredentialState = 'unused' | 'accepted' | 'refused' | 'unavailable';

type Send = (call: HttpCall) => Promise<Exchange>;

/**
 * Sends HTTP calls with our credentials.
 *
 * When the vendor refuses a token, it fetches a new one and repeats the call once: a 401 processes nothing.
 */
@Injectable()
export class AuthorizedHttp {
  private state: CredentialState = 'unused';

  constructor(
    private readonly http: VendorHttp,
    private readonly paced: PacedHttp,
    private readonly credentials: Credentials,
  ) {}

  /** Sends a call as soon as the quota allows. */
  async exchange(call: HttpCall, wait: QuotaWait): Promise<Exchange> {
    const send: Send = (authorized) => this.paced.exchange(authorized, wait);
    return this.exchangeTwice(call, send, send);
  }

  /** Sends a call that the caller has taken from the quota and ends there; a repeated call takes one of its own. */
  async exchangeTaken(call: HttpCall): Promise<Exchange> {
    return this.exchangeTwice(
      call,
      (authorized) => this.http.exchange(authorized),
      (authorized) => this.paced.exchange(authorized),
    );
  }

  /** Whether the vendor accepted our credentials at the last call. */
  get credentialState(): CredentialState {
    return this.state;
  }

  private async exchangeTwice(call: HttpCall, send: Send, repeat: Send): Promise<Exchange> {
    const first = await this.exchangeOnce(call, send);
    if (!first.token || !first.isRefused) return first.exchange;
    return (await this.exchangeOnce(call, repeat, first.token)).exchange;
  }

  private async exchangeOnce(
    call: HttpCall,
    send: Send,
    refused?: Token,
  ): Promise<{ exchange: Exchange; isRefused: boolean; token?: Token }> {
    const credentials = await this.credentials.headers(refused);
    if ('failure' in credentials) {
      const { failure: reason } = credentials;
      const isRefused = reason === 'credentials-refused';
      this.state = isRefused ? 'refused' : 'unavailable';
      const canPass = !isRefused && reason !== 'not-a-token-endpoint';
      return { exchange: { kind: 'not-sent', reason, canPass }, isRefused };
    }
    const exchange = await send({ ...call, headers: { ...call.headers, ...credentials.headers } });
    const isRefused = exchange.kind === 'answer' && isUnauthorized(exchange);
    if (exchange.kind === 'answer') this.state = isRefused ? 'refused' : 'accepted';
    return { exchange, isRefused, ...(credentials.token && { token: credentials.token }) };
  }
}
