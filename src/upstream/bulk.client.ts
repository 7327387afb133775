import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import type { Facts } from '../observability/facts.js';
import { AuthorizedHttp } from './authorized-http.js';
import { type MeasuredItem, bulkRequest } from './bulk-request.js';
import type { CallResult } from './call-result.js';
import { classifyAnswer, parseJson, errorsOf } from './classify-answer.js';
import { isKnownCode } from './code-catalog.js';
import { cleanerFor } from './clean-message.js';
import { namedItems } from './named-items.js';
import type { Route } from './route.js';
import type { Exchange, HttpCall } from './vendor-http.js';

/** Sends bulk calls. Each attempt returns a `CallResult` and never throws. */
@Injectable()
export class BulkClient {
  private readonly loggedCodes = new Set<number>();

  constructor(
    private readonly http: AuthorizedHttp,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {}

  /** Returns the call that would be sent, without credentials. */
  describe(route: Route, items: readonly MeasuredItem[]): HttpCall {
    return bulkRequest(this.settings, route, items);
  }

  /** Makes one attempt. The caller has taken its first HTTP call from the quota, and ends it there. */
  async send(route: Route, items: readonly MeasuredItem[], facts: Facts): Promise<CallResult> {
    const startedAt = Date.now();
    const call = bulkRequest(this.settings, route, items);
    const exchange = await this.http.exchangeTaken(call);
    const result = this.read(exchange, items);
    const upstreamRequestId = exchange.kind === 'answer' ? exchange.upstreamRequestId : undefined;
    this.logResult(result, {
      ...facts,
      upstreamRequestId,
      source: route.source,
      itemCount: items.length,
      bodyBytes: Buffer.byteLength(call.body ?? ''),
      status: exchange.kind === 'answer' ? exchange.status : undefined,
      durationMs: Date.now() - startedAt,
    });
    return { ...result, ...(upstreamRequestId !== undefined && { upstreamRequestId }) };
  }

  private read(exchange: Exchange, measured: readonly MeasuredItem[]): CallResult {
    if (exchange.kind !== 'answer') return { ...exchange, decidedBy: 'transport' };
    const items = measured.map(({ item }) => item);
    const result = classifyAnswer(exchange, cleanerFor(items), Date.now());
    if (result.kind !== 'refused' || !result.isDivisible) return result;
    return { ...result, rejectedPositions: namedItems(errorsOf(parseJson(exchange.body)), items) };
  }

  private logResult(result: CallResult, facts: Facts): void {
    const messages =
      result.kind === 'answered'
        ? result.results
            .flatMap((one) => [one, ...one.children])
            .flatMap(({ errors, warnings }) => [...errors, ...warnings])
        : result.kind === 'refused'
          ? result.errors
          : [];
    const codes = [...new Set(messages.map(({ code }) => code))];
    if (result.kind === 'answered') this.log.write('info', 'bulk-call.answered', { ...facts, codes });
    else
      this.log.write('warn', 'bulk-call.failed', {
        ...facts,
        codes,
        because: `${result.kind}: ${result.reason}`,
      });

    for (const code of codes.filter(
      (candidate) => !isKnownCode(candidate) && !this.loggedCodes.has(candidate),
    )) {
      this.loggedCodes.add(code);
      this.log.write('warn', 'vendor-code.unknown', { codes: [code] });
    }
  }
}
