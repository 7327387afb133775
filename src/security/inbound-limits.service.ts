import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Settings } from '../config/settings.js';
import { Problem } from '../problems/problem.js';
import { OpenRequests } from './open-requests.js';
import { type Limits, callerOf, principalId } from './principal.js';
import { type Policy, type QuotaLeft, formatPolicies, formatQuotasLeft } from './rate-limit-fields.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the caller has left of its quotas; null where the request was not counted. */
    quotasLeft: QuotaLeft[] | null;
  }
}

type Pace = 'requests' | 'updates';

const WORDS: Readonly<Record<keyof Required<Limits>, string>> = {
  requestsPerSecond: 'requests a second',
  updatesPerSecond: 'updates a second',
  concurrent: 'requests at a time',
};

function refusal(limit: keyof Limits, quota: number, waitMs: number): Problem {
  return new Problem('rate-limited', {
    detail: `The limit is ${quota} ${WORDS[limit]}.`,
    outcome: 'failed',
    retryable: true,
    retryAfterMs: waitMs,
  });
}

/**
 * Limits what a principal asks of this process: requests and updates a second, and concurrent requests. Each process
 * counts for itself.
 */
@Injectable()
export class InboundLimits {
  /** One limiter for each quota that a principal has, as a limiter of the library has one quota. */
  private readonly paces = new Map<string, RateLimiterMemory>();
  private readonly open = new OpenRequests();

  constructor(private readonly settings: Settings) {}

  /**
   * Counts a request of an authenticated caller, until it is over.
   *
   * @throws Problem `rate-limited`
   */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { requestsPerSecond, concurrent } = this.limitsOf(request);
    await this.take(request, 'requests', requestsPerSecond, 1);
    if (request.raw.socket.destroyed) return; // its close event has passed already
    const id = principalId(callerOf(request));
    const count = this.open.countOf(id);
    this.note(request, { name: 'concurrent', remaining: Math.max(0, concurrent - count - 1) });
    if (count >= concurrent) throw refusal('concurrent', concurrent, this.open.waitMs(id));
    reply.raw.once('close', this.open.begin(id));
  }

  /**
   * Counts the updates of a request. More than the quota of a second are admitted while any of it is left; then none are
   * admitted for as many seconds as they take.
   *
   * @throws Problem `rate-limited`
   */
  async countUpdates(request: FastifyRequest, count: number): Promise<void> {
    await this.take(request, 'updates', this.limitsOf(request).updatesPerSecond, count);
  }

  /** Formats the fields of a response, where its request was counted. Source: draft-ietf-httpapi-ratelimit-headers-10. */
  fieldsOf(request: FastifyRequest): Record<string, string> {
    const { quotasLeft } = request;
    if (!quotasLeft) return {};
    const { requestsPerSecond, updatesPerSecond, concurrent } = this.limitsOf(request);
    const policies: Policy[] = [
      { name: 'requests', quota: requestsPerSecond, windowSeconds: 1 },
      { name: 'updates', quota: updatesPerSecond, windowSeconds: 1 },
      { name: 'concurrent', quota: concurrent, unit: 'concurrent-requests' },
    ];
    return { 'RateLimit-Policy': formatPolicies(policies), RateLimit: formatQuotasLeft(quotasLeft) };
  }

  private limitsOf(request: FastifyRequest): Required<Limits> {
    const { limits = {} } = callerOf(request);
    return {
      requestsPerSecond: limits.requestsPerSecond ?? this.settings.LIMIT_REQUESTS_PER_SECOND,
      updatesPerSecond: limits.updatesPerSecond ?? this.settings.LIMIT_UPDATES_PER_SECOND,
      concurrent: limits.concurrent ?? this.settings.LIMIT_CONCURRENT_REQUESTS,
    };
  }

  private async take(request: FastifyRequest, name: Pace, quota: number, count: number): Promise<void> {
    const id = principalId(callerOf(request));
    const pace = this.paceOf(name, quota);
    try {
      const { remainingPoints, msBeforeNext } = await pace.consume(id, count);
      this.note(request, { name, remaining: remainingPoints, resetMs: msBeforeNext });
    } catch (spent) {
      if (!(spent instanceof RateLimiterRes)) throw spent;
      const { consumedPoints, msBeforeNext } = spent;
      if (consumedPoints - count >= quota) {
        this.note(request, { name, remaining: 0, resetMs: msBeforeNext });
        throw refusal(`${name}PerSecond`, quota, msBeforeNext);
      }
      const { msBeforeNext: resetMs } = await pace.block(id, Math.ceil(consumedPoints / quota));
      this.note(request, { name, remaining: 0, resetMs });
    }
  }

  private paceOf(name: Pace, quota: number): RateLimiterMemory {
    const key = `${name}:${quota}`;
    const pace = this.paces.get(key) ?? new RateLimiterMemory({ points: quota, duration: 1 });
    this.paces.set(key, pace);
    return pace;
  }

  private note(request: FastifyRequest, left: QuotaLeft): void {
    (request.quotasLeft ??= []).push(left);
  }
}
