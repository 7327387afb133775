import { Injectable } from '@nestjs/common';
import { CallQuota } from '../../upstream/call-quota.js';
import { CreditJournal, type JournalResult } from './credit-journal.service.js';
import { CustomerLeases } from './customer-leases.service.js';
import type { Retry } from '../settle/settle.js';
import type { PendingUpdate } from '../queue/pending-update.js';

/** About as long as a call takes: after that another instance may have released the customer. */
const CUSTOMER_ELSEWHERE_MS = 50;

/** Which updates may leave with a call. */
export interface PreflightResult extends JournalResult {
  /** Updates that try again later: another instance holds the customer, or the calls per minute are used up. */
  readonly later: readonly Retry[];
}

/**
 * Checks what must be certain before a call leaves, and what is shared with other instances or must survive this one.
 */
@Injectable()
export class Preflight {
  constructor(
    private readonly leases: CustomerLeases,
    private readonly quota: CallQuota,
    private readonly journal: CreditJournal,
  ) {}

  /** @param random uniform in [0, 1): instances that compete for a customer do not retry in step */
  async run(callId: string, members: readonly PendingUpdate[], random: number): Promise<PreflightResult> {
    const free = await this.leases.acquire(members);
    const elsewhere = members.filter((one) => !free.includes(one));
    const later = elsewhere.map((one) => ({ one, waitMs: CUSTOMER_ELSEWHERE_MS * (0.5 + random) }));
    if (free.length === 0) return { permitted: [], refused: [], later };

    const waitMs = await this.quota.takeShared(callId);
    if (waitMs > 0) {
      this.leases.release(free);
      for (const { submission, answerCount } of free) submission.onFailure?.('rate-limited', answerCount);
      return { permitted: [], refused: [], later: [...later, ...free.map((one) => ({ one, waitMs }))] };
    }

    const { permitted, refused } = await this.journal.permit(callId, free);
    this.leases.release(refused.map(({ one }) => one));
    return { permitted, refused, later };
  }

  /** Releases the customers of the permitted updates: their call is over. */
  end({ permitted }: PreflightResult): void {
    this.leases.release(permitted);
  }
}
