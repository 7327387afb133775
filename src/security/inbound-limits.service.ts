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
    /** What the caller has left of its quotas; null if the request was not counted. */
    quotasLeft: QuotaLeft[] | null;
  }
}

type Rate = 'requests' | 'updates';

const UNITS: Readonly<Record<keyof Required<Limits>, string>> = {
  requestsPerSecond: 'requests a second',
  updatesPerSecond: 'updates a second',
  concurrent: 'requests at a time',
};

/** Creates the problem of a caller that is over one of its limits. */
export function rateLimited(limit: keyof Limits, quota: number, waitMs: number): Problem {
  return new Problem('rate-limited', {
    detail: `The limit is ${quota} ${UNITS[limit]}.`,
    outcome: 'failed',
    retryable: true,
    retryAfterMs: waitMs,
  });
}

/**
 * Limits the requests and updates a second and the concurrent requests of a principal. Each process counts for itself.
 */
@Injectable()
export class InboundLimits {
  /** One limiter for each distinct quota, because a limiter of the library has a single quota. */
  private readonly limiters = new Map<string, RateLimiterMemory>();
  private readonly open = new OpenRequests();

  constructor(private readonly settings: Settings) {}

  /**
   * Counts a request of an authenticated caller until it is over, or refuses it.
   *
   * @throws Problem `rate-limited`
   */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { requestsPerSecond, concurrent } = this.limitsOf(request);
    await this.consume(request, 'requests', requestsPerSecond, 1);
    if (request.raw.socket.destroyed) return; // its close event has passed already
    const id = principalId(callerOf(request));
    const count = this.open.countOf(id);
    this.reportQuota(request, { name: 'concurrent', remaining: Math.max(0, concurrent - count - 1) });
    if (count >= concurrent) throw rateLimited('concurrent', concurrent, this.open.waitMs(id));
    reply.raw.once('close', this.open.begin(id));
  }

  /**
   * Counts the updates of a request, or refuses them. A request may exceed the quota of a second while any of it is left;
   * then no updates are admitted for as many seconds as these use up.
   *
   * @throws Problem `rate-limited`
   */
  async countUpdates(request: FastifyRequest, count: number): Promise<void> {
    await this.consume(request, 'updates', this.limitsOf(request).updatesPerSecond, count);
  }

  /** Returns the rate limit fields of a response; none if its request was not counted. Source: draft-ietf-httpapi-ratelimit-headers-10. */
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

  private async consume(request: FastifyRequest, name: Rate, quota: number, count: number): Promise<void> {
    const id = principalId(callerOf(request));
    const limiter = this.limiterOf(name, quota);
    try {
      const { remainingPoints, msBeforeNext } = await limiter.consume(id, count);
      this.reportQuota(request, { name, remaining: remainingPoints, resetMs: msBeforeNext });
    } catch (exceeded) {
      if (!(exceeded instanceof RateLimiterRes)) throw exceeded;
      const { consumedPoints, msBeforeNext } = exceeded;
      if (consumedPoints - count >= quota) {
        this.reportQuota(request, { name, remaining: 0, resetMs: msBeforeNext });
        throw rateLimited(`${name}PerSecond`, quota, msBeforeNext);
      }
      const { msBeforeNext: resetMs } = await limiter.block(id, Math.ceil(consumedPoints / quota));
      this.reportQuota(request, { name, remaining: 0, resetMs });
    }
  }

  private limiterOf(name: Rate, quota: number): RateLimiterMemory {
    const key = `${name}:${quota}`;
    const limiter = this.limiters.get(key) ?? new RateLimiterMemory({ points: quota, duration: 1 });
    this.limiters.set(key, limiter);
    return limiter;
  }

  private reportQuota(request: FastifyRequest, left: QuotaLeft): void {
    (request.quotasLeft ??= []).push(left);
  }
}
