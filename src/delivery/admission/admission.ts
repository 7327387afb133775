import type { Settings } from '../../config/settings.js';
import type { RecentRejections } from './recent-rejections.js';
import type { OutcomeReason, VendorMessage } from '../outcome.js';
import { fitsAlone } from '../call/pack-bulk-call.js';
import type { PendingUpdate } from '../queue/pending-update.js';
import type { PendingSet } from '../queue/pending-set.js';
import { type Update, ownedKeys } from '../update.js';
import type { VendorCapacity } from '../capacity/vendor-capacity.js';

/** Why admission rejects an update: `rejected` for good, or `failed` for now. */
export type Refusal =
  | {
      readonly kind: 'rejected';
      readonly reason: OutcomeReason;
      /** The vendor's errors for the very same update a short while ago. */
      readonly errors: readonly VendorMessage[];
    }
  | FailedRefusal;

/** A refusal for now, and after which time the update could be admitted. */
export interface FailedRefusal {
  readonly kind: 'failed';
  readonly reason: OutcomeReason;
  readonly retryAfterMs: number;
}

/** The lane of an update that has not arrived. */
export interface LaneOfNext {
  readonly laneKey: string;
  readonly kind: Update['kind'];
}

/**
 * Calls leave later than computed, by about this share of the wait: other updates need retries, and timers are late.
 */
const DELAY_SHARE = 0.1;

/**
 * Admission control: admits what can be delivered in time, and rejects everything else at once, with the time after
 * which it could work.
 */
export class Admission {
  constructor(
    private readonly settings: Settings,
    private readonly pending: PendingSet,
    private readonly capacity: VendorCapacity,
    private readonly rejections: RecentRejections,
  ) {}

  /** Explains why there is no room for these updates together; undefined when there is. */
  refusalOfAll(arrived: readonly PendingUpdate[], now: number): Refusal | undefined {
    const { MAX_PENDING_UPDATES, MAX_PENDING_BYTES } = this.settings;
    const bytes = arrived.reduce((sum, { item }) => sum + item.bytes, 0);
    const hasRoom =
      this.pending.count + arrived.length <= MAX_PENDING_UPDATES &&
      this.pending.bytes + bytes <= MAX_PENDING_BYTES;
    if (hasRoom) return undefined;
    const retryAfterMs = this.capacity.roomAfterMs(arrived.length, now);
    return { kind: 'failed', reason: 'too-many-pending', retryAfterMs };
  }

  /**
   * Explains why the next update cannot be admitted, whatever is in it; undefined when it may be.
   *
   * @param lane absent where it is not known: then only the room for pending updates counts
   */
  refusalOfNext(lane: LaneOfNext | undefined, deadlineAt: number, now: number): FailedRefusal | undefined {
    const { MAX_PENDING_UPDATES, MAX_PENDING_BYTES } = this.settings;
    if (this.pending.count >= MAX_PENDING_UPDATES || this.pending.bytes >= MAX_PENDING_BYTES) {
      return { kind: 'failed', reason: 'too-many-pending', retryAfterMs: this.capacity.roomAfterMs(1, now) };
    }
    // While the breaker is open, the update has another refusal to expect than the one of its deadline.
    if (!lane || this.capacity.isBreakerOpen(now)) return undefined;
    const leavesAt = this.earliestFor(lane, 0, now);
    return this.refusalOfDeadline(leavesAt, { submittedAt: now, deadlineAt }, now);
  }

  /** Explains why this update is not admitted; undefined when it is. */
  refusalOf(one: PendingUpdate, now: number): Refusal | undefined {
    const { item, laneKey, priority } = one.submission;
    // Not the size that was learned: larger updates are still sent, in calls of their own.
    if (!fitsAlone(item.bytes, this.settings.UPSTREAM_MAX_BODY_BYTES)) {
      return { kind: 'rejected', reason: 'update-too-large', errors: [] };
    }
    const errors = this.rejections.find(laneKey, item.json, now);
    if (errors) return { kind: 'rejected', reason: 'recently-rejected', errors };
    const reason = one.reasonToStop;
    if (reason) return { kind: 'failed', reason, retryAfterMs: 0 };
    if (priority === 'background') return undefined;
    if (this.capacity.isBreakerOpen(now)) {
      return { kind: 'failed', reason: 'breaker-open', retryAfterMs: this.capacity.breakerOpenMs(now) };
    }
    const ofCustomer = this.pending.locks.depth(ownedKeys(one.update));
    const leavesAt = this.earliestFor({ laneKey, kind: one.update.kind }, ofCustomer, now);
    return this.refusalOfDeadline(leavesAt, one.submission, now);
  }

  /** Explains that the answer to a call that leaves then would be too late; undefined when it would not. */
  private refusalOfDeadline(
    leavesAt: number,
    submission: { readonly submittedAt: number; readonly deadlineAt: number },
    now: number,
  ): FailedRefusal | undefined {
    const answeredAt = leavesAt + (leavesAt - now) * DELAY_SHARE + this.capacity.timeToAnswer(submission);
    const missingMs = answeredAt - submission.deadlineAt;
    // A caller that comes back then with as much time can still be served.
    return missingMs > 0
      ? { kind: 'failed', reason: 'deadline-unreachable', retryAfterMs: missingMs }
      : undefined;
  }

  /**
   * Returns the earliest time at which a call could leave: after the calls before it in its lane, in other lanes, and of
   * its customer.
   *
   * @param ofCustomer how many updates of the customer are before it
   */
  private earliestFor({ laneKey, kind }: LaneOfNext, ofCustomer: number, now: number): number {
    const { lanes } = this.pending;
    const { itemCount } = this.capacity.boundsOf(kind);
    const before = lanes.get(laneKey)?.interactiveCount ?? 0;
    const inLane = Math.ceil((before + 1) / itemCount) + Math.max(0, lanes.busyCount - 1);
    return this.capacity.timeOf(Math.max(inLane, ofCustomer), ofCustomer - 1, now);
  }
}
