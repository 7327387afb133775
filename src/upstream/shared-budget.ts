import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { SharedCallsRepository } from '../records/shared-calls.repository.js';
import { vendorBase } from './vendor-url.js';

/** Names the budget of all instances with the same credentials at the same host; a hash, as the database stores it. */
function budgetName(settings: Settings): string {
  const credential = settings.UPSTREAM_OAUTH_KEY ?? settings.UPSTREAM_BASIC_TILL ?? '';
  return createHash('sha256')
    .update(`${vendorBase(settings)}\n${credential}`)
    .digest('hex');
}

/**
 * The calls per minute of all instances together, in the database that they share. While the database is unavailable,
 * each instance keeps to the limit by itself.
 */
@Injectable()
export class SharedBudget {
  private readonly name: string;

  constructor(
    private readonly calls: SharedCallsRepository,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {
    this.name = budgetName(settings);
  }

  private get isNeeded(): boolean {
    return this.calls.isShared && this.settings.UPSTREAM_CALLS_PER_MINUTE > 0;
  }

  /** @returns 0 when the call may leave, else after how many milliseconds to try again */
  async take(callId: string): Promise<number> {
    if (!this.isNeeded) return 0;
    try {
      return await this.calls.take(callId, this.name, this.settings.UPSTREAM_CALLS_PER_MINUTE);
    } catch (error) {
      this.log.fault('shared-budget.lost', error, { callId });
      return 0;
    }
  }

  /** @param wasMade false when the call was taken and never left */
  end(callId: string, wasMade = true): void {
    if (!this.isNeeded) return;
    const noted = wasMade ? this.calls.end(callId) : this.calls.giveBack(callId);
    // A call without a recorded end counts for minutes longer, which is harmless.
    noted.catch((error: unknown) => this.log.fault('shared-budget.lost', error, { callId }));
  }
}
