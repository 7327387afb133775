import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { CallBudget } from './call-budget.js';
import { readRetryAfter } from './classify-answer.js';
import { type Exchange, type HttpCall, VendorHttp } from './vendor-http.js';

export interface Payment {
  /** Whether the call has been taken from the budget already; who did also ends it. */
  readonly isPaid: boolean;
}

/** HTTP exchanges within the calls per minute: tokens, reads and repeated calls wait until one may leave. */
@Injectable()
export class PacedHttp {
  constructor(
    private readonly http: VendorHttp,
    private readonly budget: CallBudget,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {}

  /** @returns `not-sent` where none may leave within the time that a call may take */
  async exchange(call: HttpCall, { isPaid }: Payment = { isPaid: false }): Promise<Exchange> {
    if (isPaid) return this.http.exchange(call);
    const waitsUntil = performance.now() + this.settings.UPSTREAM_TIMEOUT_MS;
    for (let now = performance.now(); ; now = performance.now()) {
      const at = this.budget.nextAt(now);
      if (at <= now) break;
      if (at > waitsUntil) return { kind: 'not-sent', reason: 'rate-limited', canPass: true };
      await sleep(Math.ceil(at - now));
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
}
