import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { CallQuota } from './call-quota.js';
import { readRetryAfter } from './classify-answer.js';
import { type Exchange, type HttpCall, VendorHttp } from './vendor-http.js';

/** How long a call waits for the quota: at most as long as a call may take. */
export interface QuotaWait {
  /** Aborted when the result is no longer wanted. */
  readonly until?: AbortSignal;
  readonly isToken?: boolean;
}

/** Sends tokens, reads and repeated calls as soon as the calls per minute allow. */
@Injectable()
export class PacedHttp {
  constructor(
    private readonly http: VendorHttp,
    private readonly quota: CallQuota,
    private readonly settings: Settings,
  ) {}

  /** @returns `not-sent` when the quota does not allow it in time */
  async exchange(call: HttpCall, wait: QuotaWait = {}): Promise<Exchange> {
    const callId = randomUUID();
    if (!(await this.take(callId, wait))) return { kind: 'not-sent', reason: 'rate-limited', canPass: true };
    const exchange = await this.http.exchange(call);
    const now = performance.now();
    this.quota.end(callId, now);
    if (exchange.kind === 'answer' && exchange.status === 429) {
      this.quota.refused(callId, readRetryAfter(exchange.retryAfter, Date.now()), now);
    }
    return exchange;
  }

  /** @returns whether a call was taken */
  private async take(callId: string, { until, isToken = false }: QuotaWait): Promise<boolean> {
    const waitsUntil = performance.now() + this.settings.UPSTREAM_TIMEOUT_MS;
    for (;;) {
      const now = performance.now();
      const at = this.quota.nextAt(now, isToken ? 'token' : 'reserved');
      if (until?.aborted || at > waitsUntil) return false;
      if (at <= now) {
        this.quota.take(now);
        const waitMs = await this.quota.takeShared(callId);
        if (waitMs === 0) return true;
        this.quota.giveBack(callId);
        if (now + waitMs > waitsUntil) return false;
        await pause(waitMs, until);
      } else await pause(at - now, until);
    }
  }
}

async function pause(waitMs: number, until: AbortSignal | undefined): Promise<void> {
  await sleep(Math.ceil(waitMs), undefined, until && { signal: until }).catch(() => undefined);
}
