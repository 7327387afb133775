import { Injectable } from '@nestjs/common';
import { isUnauthorized } from './classify-answer.js';
import { Credentials } from './credentials.js';
import type { Token } from './token.source.js';
import { PacedHttp, type Payment } from './paced-http.js';
import type { Exchange, HttpCall } from './vendor-http.js';

/** HTTP exchanges that carry our credentials. */
@Injectable()
export class AuthorizedHttp {
  constructor(
    private readonly http: PacedHttp,
    private readonly credentials: Credentials,
  ) {}

  /** A token that the vendor refuses is fetched anew once, and the call repeated: a 401 processes nothing. */
  async exchange(call: HttpCall, payment: Payment): Promise<Exchange> {
    const first = await this.exchangeOnce(call, payment);
    const isRefused = first.exchange.kind === 'answer' && isUnauthorized(first.exchange);
    return first.token && isRefused
      ? (await this.exchangeOnce(call, payment === 'paid' ? {} : payment, first.token)).exchange
      : first.exchange;
  }

  private async exchangeOnce(
    call: HttpCall,
    payment: Payment,
    refused?: Token,
  ): Promise<{ exchange: Exchange; token?: Token }> {
    const credentials = await this.credentials.headers(refused);
    if ('failure' in credentials) {
      return credentials.failure === 'refused'
        ? { exchange: { kind: 'not-sent', reason: 'credentials-refused', canPass: false } }
        : { exchange: { kind: 'not-sent', reason: 'token-unavailable', canPass: true } };
    }
    const exchange = await this.http.exchange(
      { ...call, headers: { ...call.headers, ...credentials.headers } },
      payment,
    );
    return { exchange, ...(credentials.token && { token: credentials.token }) };
  }
}
