import type { Settings } from '../../config/settings.js';
import type { EventLog } from '../../observability/event-log.js';
import type { CallClass } from '../../upstream/call-budget.js';
import type { CallQuota } from '../../upstream/call-quota.js';
import type { CallResult, FailureReason } from '../../upstream/call-result.js';
import { LearnedBatchSize } from './learned-batch-size.js';
import { hasTooManyBytes, isTooLarge } from '../settle/divisible-refusal.js';
import { type BreakerState, CircuitBreaker } from './circuit-breaker.js';
import type { InFlightCall } from '../call/in-flight-call.js';
import { type CallBounds, bodyBytesOf } from '../call/pack-bulk-call.js';
import type { Update } from '../update.js';

/** The largest share of a caller's time that is reserved for the call itself. */
const MOST_FOR_CALL = 0.25;

/** The weight of the latest call in the average duration of a call. */
const LATEST_WEIGHT = 0.2;

/**
 * How much the vendor can take, as configured and as learned from its responses: open calls, calls per minute, updates
 * in a call, and whether the breaker lets calls through.
 */
export class VendorCapacity {
  private readonly sizes: Readonly<Record<Update['kind'], LearnedSizes>>;
  private readonly breaker = new CircuitBreaker();
  private openCalls = 0;
  private averageCallMs = 0;
  /** When a call last ended, or the first of the open ones began. */
  private lastSignAt = 0;
  private failure: FailureReason | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly quota: CallQuota,
    private readonly log: EventLog,
  ) {
    const { UPSTREAM_MAX_BATCH, UPSTREAM_MAX_BATCH_ASSOCIATIONS, UPSTREAM_MAX_BODY_BYTES } = settings;
    this.sizes = {
      customer: sizesOf(UPSTREAM_MAX_BATCH, UPSTREAM_MAX_BODY_BYTES),
      association: sizesOf(UPSTREAM_MAX_BATCH_ASSOCIATIONS ?? UPSTREAM_MAX_BATCH, UPSTREAM_MAX_BODY_BYTES),
    };
  }

  /** Whether as many calls are open as the configuration allows. */
  get isFull(): boolean {
    return this.openCalls >= this.settings.UPSTREAM_MAX_CONCURRENCY;
  }

  /** The most updates and the most bytes of a call. */
  boundsOf(kind: Update['kind']): CallBounds {
    const { items, bytes } = this.sizes[kind];
    return { itemCount: items.size, bodyBytes: bytes.size };
  }

  /** Why the latest call failed that proves anything about the vendor's health; undefined when it did not fail. */
  get latestFailure(): FailureReason | undefined {
    return this.failure;
  }

  breakerState(now: number): BreakerState {
    return this.breaker.state(now);
  }

  /** Whether the circuit breaker is open, as too many calls failed. */
  isBreakerOpen(now: number): boolean {
    return this.breakerState(now) === 'open';
  }

  /** How long the breaker stays open; 0 when it is not open. */
  breakerOpenMs(now: number): number {
    return Math.max(0, (this.breaker.halfOpensAt ?? now) - now);
  }

  /** When a call may leave, or `now`; Infinity while it waits for another call to end. */
  callAt(now: number, callClass: CallClass): number {
    if (this.isFull) return Infinity;
    if (!this.breaker.mayCall(now, this.openCalls)) return now + (this.breakerOpenMs(now) || Infinity);
    return this.quota.nextAt(now, callClass);
  }

  /** How long until the calls per minute allow the next call of the background; 0 when they allow it now. */
  budgetWaitMs(now: number): number {
    return Math.max(0, this.quota.nextAt(now, 'other') - now);
  }

  /**
   * Returns when the nth call from now could leave, if nothing goes wrong.
   *
   * @param inARow how many of the calls before it must end one after the other
   */
  timeOf(nth: number, inARow: number, now: number): number {
    const { UPSTREAM_MAX_CONCURRENCY: slots } = this.settings;
    const roundsBefore = Math.max((this.openCalls + nth - slots) / slots, inARow, 0);
    return Math.max(this.quota.timeOf(nth, now), now + roundsBefore * this.averageCallMs);
  }

  /**
   * How long before its deadline an update must leave: a later answer would leave its caller in doubt. That is the
   * duration of recent calls, within a share of the caller's time: a vendor that was slow must not keep out the callers
   * who would find that it no longer is.
   */
  timeToAnswer({ submittedAt, deadlineAt }: { submittedAt: number; deadlineAt: number }): number {
    return Math.min(this.averageCallMs, (deadlineAt - submittedAt) * MOST_FOR_CALL);
  }

  /** How long until this many of the pending updates will have left. */
  roomAfterMs(itemCount: number, now: number): number {
    const calls = Math.ceil(itemCount / this.sizes.customer.items.size);
    return this.quota.timeOf(calls, now) - now + this.averageCallMs;
  }

  /** How long calls take: the average of the latest ones, or for how long no call has ended while some are open. */
  callMs(now: number): number {
    return Math.max(this.averageCallMs, this.openCalls > 0 ? now - this.lastSignAt : 0);
  }

  begin(now: number): void {
    this.quota.take(now);
    if (this.openCalls === 0) this.lastSignAt = now;
    this.openCalls += 1;
  }

  /**
   * Learns from the end of a call.
   *
   * @returns whether the breaker opens with it
   */
  end(call: InFlightCall, result: CallResult, now: number): boolean {
    this.openCalls -= 1;
    this.lastSignAt = now;
    if (call.members.length === 0) {
      this.quota.giveBack(call.callId); // it never left
      return false;
    }
    this.quota.end(call.callId, now);
    const callMs = now - call.sentAt;
    this.averageCallMs += (callMs - this.averageCallMs) * (this.averageCallMs === 0 ? 1 : LATEST_WEIGHT);
    this.learnPace(call, result, now);
    this.learnSize(call, result, now);
    return this.learnHealth(call, result, now);
  }

  private learnPace({ callId }: InFlightCall, result: CallResult, now: number): void {
    if (result.kind === 'not-processed' && result.reason === 'rate-limited') {
      this.quota.refused(callId, result.retryAfterMs, now);
    } else if (result.kind !== 'not-sent') {
      this.quota.accepted(now);
    }
  }

  private learnSize(call: InFlightCall, result: CallResult, now: number): void {
    const { lane, itemCount, callId, members } = call;
    const { items, bytes } = this.sizes[lane.kind];
    if (result.kind === 'answered') {
      const batchSize = items.passed(itemCount, now);
      if (batchSize !== undefined) this.log.write('info', 'batch-size.probed', { batchSize });
      const bodyBytes = bytes.passed(bodyBytesOf(members), now);
      if (bodyBytes !== undefined) this.log.write('info', 'batch-size.probed', { bodyBytes });
    }
    if (!isTooLarge(result)) return;
    const isAboutBytes = hasTooManyBytes(result);
    const size = isAboutBytes ? bytes : items;
    const learned =
      itemCount === 1
        ? size.explained()
        : size.tooLarge(isAboutBytes ? bodyBytesOf(members) : itemCount, now);
    if (learned === undefined) return;
    const facts = isAboutBytes ? { bodyBytes: learned } : { batchSize: learned };
    this.log.write('warn', 'batch-size.learned', { callId, ...facts });
  }

  private learnHealth({ members }: InFlightCall, result: CallResult, now: number): boolean {
    if (!isAboutHealth(result)) return false;
    this.failure = isSick(result) ? result.reason : undefined;
    const state = this.breaker.note(isSick(result), members, now);
    if (state === undefined) return false;
    this.log.write('warn', state === 'open' ? 'breaker.opened' : 'breaker.closed', {
      waitMs: Math.round(this.breakerOpenMs(now)),
    });
    return state === 'open';
  }
}

/** What one call of a kind may carry. */
interface LearnedSizes {
  readonly items: LearnedBatchSize;
  readonly bytes: LearnedBatchSize;
}

/** The last update that does not fit leaves a part of the bytes unused. */
const FULL_BYTES = 0.5;

function sizesOf(itemCount: number, bodyBytes: number): LearnedSizes {
  return { items: new LearnedBatchSize(itemCount), bytes: new LearnedBatchSize(bodyBytes, FULL_BYTES) };
}

/** Whether a result proves anything about the vendor's health: a refused credential or a used-up minute does not. */
function isAboutHealth(result: CallResult): boolean {
  return (
    result.kind === 'answered' ||
    (result.reason !== 'rate-limited' &&
      result.reason !== 'credentials-refused' &&
      result.reason !== 'not-a-token-endpoint' &&
      result.reason !== 'customer-busy')
  );
}

function isSick(
  result: CallResult,
): result is CallResult & { readonly kind: 'not-sent' | 'not-processed' | 'ambiguous' } {
  return result.kind === 'not-sent' || result.kind === 'not-processed' || result.kind === 'ambiguous';
}
