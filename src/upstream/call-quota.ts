import { Injectable } from '@nestjs/common';
import { EventLog } from '../observability/event-log.js';
import { CallBudget, type CallClass } from './call-budget.js';
import { SharedBudget } from './shared-budget.js';

/**
 * The calls per minute of this instance and of all instances together.
 *
 * A call is taken from this instance first, which needs no I/O, and from the shared budget before it leaves. Then it
 * either ends, or is given back because it never left.
 *
 * Every `now` is on the scale of `performance.now()`.
 */
@Injectable()
export class CallQuota {
  /** Ids of the calls that were taken from the shared budget and have not ended. */
  private readonly sharedCalls = new Set<string>();

  constructor(
    private readonly own: CallBudget,
    private readonly shared: SharedBudget,
    private readonly log: EventLog,
  ) {}

  /** How many calls this instance may still make within the minute that ends now; Infinity without a limit. */
  left(now: number): number {
    return this.own.left(now);
  }

  /** The pace that was learned from a 429, in calls per minute; Infinity while none is. */
  get learnedPerMinute(): number {
    return this.own.learnedPerMinute;
  }

  /** How many calls of this instance the vendor answered with 429 within the minute that ends now. */
  refusals(now: number): number {
    return this.own.refusals(now);
  }

  /** When this instance may take its next call, or `now`. */
  nextAt(now: number, callClass: CallClass): number {
    return this.own.nextAt(now, callClass);
  }

  /** When this instance could take the nth call from now, if nothing else took any. */
  timeOf(nth: number, now: number): number {
    return this.own.timeOf(nth, now);
  }

  /** Takes one call of this instance; the caller has waited for `nextAt`. */
  take(now: number): void {
    this.own.take(now);
  }

  /**
   * Takes a call of this instance from the shared budget too.
   *
   * @returns 0 when the call may leave, else after how many milliseconds to try again
   */
  async takeShared(callId: string): Promise<number> {
    const waitMs = await this.shared.take(callId);
    if (waitMs === 0) this.sharedCalls.add(callId);
    return waitMs;
  }

  /** Gives back a call that was taken and never left. */
  giveBack(callId: string): void {
    this.own.giveBack();
    if (this.sharedCalls.delete(callId)) this.shared.end(callId, false);
  }

  /** Ends a call that left: both budgets count it for another minute. */
  end(callId: string, now: number): void {
    this.own.end(now);
    if (this.sharedCalls.delete(callId)) this.shared.end(callId);
  }

  /** Learns the pace that the vendor accepts, from a 429. */
  refused(callId: string, retryAfterMs: number, now: number): void {
    const { callsPerMinute, pauseMs } = this.own.refused(retryAfterMs, now);
    this.log.write('warn', 'pace.learned', { callId, callsPerMinute, waitMs: Math.round(pauseMs) });
  }

  /** Counts a call that the vendor did not refuse for its pace, and tries a faster pace when it is time to. */
  accepted(now: number): void {
    const callsPerMinute = this.own.accepted(now);
    if (callsPerMinute !== undefined) this.log.write('info', 'pace.probed', { callsPerMinute });
  }
}
