import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { CallBudget } from './call-budget.js';
import { readRetryAfter } from './classify-answer.js';
import { type Exchange, type HttpCall, VendorHttp } from './vendor-http.js';

/** How a call is taken from the calls per minute. */
export type Payment =
  /** It has been taken already; who did also ends it. */
  | 'paid'
  /** It waits until it may leave, at most as long as a call may take, or until nobody wants it any more. */
  | { readonly until?: AbortSignal };

/** HTTP exchanges within the calls per minute: tokens, reads and repeated calls wait until one may leave. */
@Injectable()
export class PacedHttp {
  constructor(
    private readonly http: VendorHttp,
    private readonly budget: CallBudget,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {}

  /** @returns `not-sent` where it may not leave in time */
  async exchange(call: HttpCall, payment: Payment = {}): Promise<Exchange> {
    if (payment === 'paid') return this.http.exchange(call);
    if (!(await this.mayLeave(payment.until))) {
      return { kind: 'not-sent', reason: 'rate-limited', canPass: true };
    }
    this.budget.take(performance.now());
    const exchange = await this.http.exchange(call);
    this.budget.end(performance.now());
    if (exchange.kind === 'answer' && exchange.status === 429) {
      const retryAfterMs = readRetryAfter(exchange.retryAfter, Date.now());
      const { callsPerMinute, pauseMs } = this.budget.refused(retryAfterMs, performance.now());
      this.log.write('warn', 'pace.learned', { callsPerMinute, waitMs: pauseMs });
    }
    return exchange;
  }

  private async mayLeave(until: AbortSignal | undefined): Promise<boolean> {
    const waitsUntil = performance.now() + this.settings.UPSTREAM_TIMEOUT_MS;
    for (;;) {
      const now = performance.now();
      const at = this.budget.nextAt(now);
      if (until?.aborted || at > waitsUntil) return false;
      if (at <= now) return true;
      await sleep(Math.ceil(at - now), undefined, until && { signal: until }).catch(() => undefined);
    }
  }
}
