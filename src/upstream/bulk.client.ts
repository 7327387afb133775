import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { type Facts, EventLog } from '../observability/event-log.js';
import { type BulkItem, bulkRequest } from './bulk-request.js';
import type { CallResult } from './call-result.js';
import { classifyAnswer } from './classify-answer.js';
import { isKnownCode } from './code-catalogue.js';
import { cleanerFor } from './clean-message.js';
import { Credentials } from './credentials.js';
import type { Token } from './token.source.js';
import type { Route } from './route.js';
import { type Exchange, type HttpCall, VendorHttp } from './vendor-http.js';

/** Sends bulk calls: one attempt each, told as what it came to and never as an exception. */
@Injectable()
export class BulkClient {
  private readonly toldCodes = new Set<number>();

  constructor(
    private readonly http: VendorHttp,
    private readonly credentials: Credentials,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {}

  /** The call as it would be sent, without credentials. */
  describe(route: Route, items: readonly BulkItem[]): HttpCall {
    return bulkRequest(this.settings, route, items);
  }

  /** One attempt. A token that the vendor refuses is fetched anew once, and the call repeated: a 401 processes nothing. */
  async send(route: Route, items: readonly BulkItem[], facts: Facts): Promise<CallResult> {
    const startedAt = Date.now();
    const call = bulkRequest(this.settings, route, items);
    const first = await this.sendOnce(call);
    const last =
      first.token && first.exchange.kind === 'answer' && first.exchange.status === 401
        ? await this.sendOnce(call, first.token)
        : first;
    const result = this.read(last.exchange, items);
    this.tell(result, {
      ...facts,
      source: route.source,
      itemCount: items.length,
      bodyBytes: Buffer.byteLength(call.body ?? ''),
      status: last.exchange.kind === 'answer' ? last.exchange.status : undefined,
      durationMs: Date.now() - startedAt,
    });
    return result;
  }

  private async sendOnce(call: HttpCall, refused?: Token): Promise<{ exchange: Exchange; token?: Token }> {
    const credentials = await this.credentials.headers(refused);
    if ('failure' in credentials) {
      const reason = credentials.failure === 'refused' ? 'credentials-refused' : 'token-unavailable';
      return { exchange: { kind: 'not-sent', reason } };
    }
    const exchange = await this.http.exchange({
      ...call,
      headers: { ...call.headers, ...credentials.headers },
    });
    return { exchange, ...(credentials.token && { token: credentials.token }) };
  }

  private read(exchange: Exchange, items: readonly BulkItem[]): CallResult {
    switch (exchange.kind) {
      case 'not-sent':
        return {
          kind: 'not-sent',
          reason: exchange.reason,
          canPass: exchange.reason !== 'credentials-refused',
        };
      case 'ambiguous':
        return { kind: 'ambiguous', reason: exchange.reason };
      case 'answer': {
        const { status, body } = exchange;
        const retryAfter = exchange.header('Retry-After');
        const upstreamRequestId = exchange.header('X-CAP-REQUEST-ID')?.slice(0, 128);
        return {
          ...classifyAnswer(
            { status, body, ...(retryAfter !== undefined && { retryAfter }) },
            cleanerFor(items),
            Date.now(),
          ),
          ...(upstreamRequestId !== undefined && { upstreamRequestId }),
        };
      }
    }
  }

  private tell(result: CallResult, facts: Facts): void {
    const told = { ...facts, upstreamRequestId: result.upstreamRequestId };
    const messages =
      result.kind === 'answered'
        ? result.results.flatMap(({ errors, warnings }) => [...errors, ...warnings])
        : result.kind === 'refused'
          ? result.errors
          : [];
    const codes = [...new Set(messages.map(({ code }) => code))];
    if (result.kind === 'answered') this.log.write('info', 'bulk-call.answered', { ...told, codes });
    else
      this.log.write('warn', 'bulk-call.failed', {
        ...told,
        codes,
        because: `${result.kind}: ${result.reason}`,
      });

    for (const code of codes.filter(
      (candidate) => !isKnownCode(candidate) && !this.toldCodes.has(candidate),
    )) {
      this.toldCodes.add(code);
      this.log.write('warn', 'vendor-code.unknown', { codes: [code] });
    }
  }
}
