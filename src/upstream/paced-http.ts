import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { CallBudget } from './call-budget.js';
import { readRetryAfter } from './classify-answer.js';
import { SharedBudget } from './shared-budget.js';
import { type Exchange, type HttpCall, VendorHttp } from './vendor-http.js';

/** How a call is taken from the calls per minute. */
export type Payment =
  /** It has been taken already; who did also ends it. */
  | 'paid'
  /** It waits until it may leave, at most as long as a call may take, or until nobody wants it any more. */
  | { readonly until?: AbortSignal; readonly isToken?: boolean };

/** HTTP exchanges within the calls per minute: tokens, reads and repeated calls wait until one may leave. */
@Injectable()
export class PacedHttp {
  constructor(
    private readonly http: VendorHttp,
    private readonly budget: CallBudget,
    private readonly shared: SharedBudget,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {}

  /** @returns `not-sent` where it may not leave in time */
  async exchange(call: HttpCall, payment: Payment = {}): Promise<Exchange> {
    if (payment === 'paid') return this.http.exchange(call);
    const callId = randomUUID();
    if (!(await this.take(callId, payment))) {
      return { kind: 'not-sent', reason: 'rate-limited', canPass: true };
    }
    const exchange = await this.http.exchange(call);
    this.budget.end(performance.now());
    this.shared.end(callId);
    if (exchange.kind === 'answer' && exchange.status === 429) {
      const retryAfterMs = readRetryAfter(exchange.retryAfter, Date.now());
      const { callsPerMinute, pauseMs } = this.budget.refused(retryAfterMs, performance.now());
      this.log.write('warn', 'pace.learned', { callsPerMinute, waitMs: pauseMs });
    }
    return exchange;
  }

  /** Takes it from our own minute and from that of all instances, as soon as both have one. */
  private async take(callId: string, { until, isToken = false }: Exclude<Payment, 'paid'>): Promise<boolean> {
    const waitsUntil = performance.now() + this.settings.UPSTREAM_TIMEOUT_MS;
    for (;;) {
      const now = performance.now();
      const at = this.budget.nextAt(now, isToken ? 'token' : 'reserved');
      if (until?.aborted || at > waitsUntil) return false;
      if (at <= now) {
        this.budget.take(now);
        const waitMs = await this.shared.take(callId);
        if (waitMs === 0) return true;
        this.budget.giveBack();
        if (now + waitMs > waitsUntil) return false;
        await pause(waitMs, until);
      } else await pause(at - now, until);
    }
  }
}

async function pause(waitMs: number, until: AbortSignal | undefined): Promise<void> {
  await sleep(Math.ceil(waitMs), undefined, until && { signal: until }).catch(() => undefined);
}
