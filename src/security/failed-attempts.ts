import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** More than a caller whose key was just revoked needs to notice. */
const FAILURES_PER_MINUTE = 60;

/** Counts failed authentications of each address. Whoever has a good key is never refused for those of neighbours. */
@Injectable()
export class FailedAttempts {
  private readonly limiter = new RateLimiterMemory({ points: FAILURES_PER_MINUTE, duration: 60 });

  /** @returns the seconds until the address may fail again; undefined while it may */
  async note(address: string): Promise<number | undefined> {
    try {
      await this.limiter.consume(address);
      return undefined;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      throw refusal;
    }
  }
}
