import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** A caller with a key that was just revoked needs fewer failures than this to notice. */
const FAILURES_PER_MINUTE = 60;

/**
 * Limits brute force: counts failed authentications by address. A caller with a valid key is never refused for the
 * failures of others at its address.
 */
@Injectable()
export class FailedAttempts {
  private readonly limiter = new RateLimiterMemory({ points: FAILURES_PER_MINUTE, duration: 60 });

  /** @returns after how many seconds the address may try again; undefined while it is below the limit */
  async record(address: string): Promise<number | undefined> {
    try {
      await this.limiter.consume(address);
      return undefined;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      throw refusal;
    }
  }
}
