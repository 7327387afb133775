import type { Settings } from '../../config/settings.js';
import type { RecentRejections } from './recent-rejections.js';
import type { OutcomeReason, VendorMessage } from '../outcome.js';
import { fitsAlone } from '../call/pack-bulk-call.js';
import type { PendingUpdate } from '../queue/pending-update.js';
import type { PendingSet } from '../queue/pending-set.js';
import { ownedKeys } from '../update.js';
import type { VendorCapacity } from '../capacity/vendor-capacity.js';

/** Why admission rejects an update: `rejected` for good, or `failed` for now. */
export type Refusal =
  | {
      readonly kind: 'rejected';
      readonly reason: OutcomeReason;
      /** The vendor's errors for the very same update a short while ago. */
      readonly errors: readonly VendorMessage[];
    }
  | { readonly kind: 'failed'; readonly reason: OutcomeReason; readonly retryAfterMs: number };

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

  /** Explains why this update is not admitted; undefined when it is. */
  refusalOf(one: PendingUpdate, now: number): Refusal | undefined {
    const { item, laneKey, priority, deadlineAt } = one.submission;
    if (!fitsAlone(item.bytes, this.capacity.boundsOf(one.update.kind))) {
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
    const answeredAt = this.earliestAnswerTo(one, now);
    if (answeredAt <= deadlineAt) return undefined;
    // A caller that comes back then with as much time can still be served.
    return { kind: 'failed', reason: 'deadline-unreachable', retryAfterMs: answeredAt - deadlineAt };
  }

  /** Returns the earliest time at which its answer could arrive. */
  private earliestAnswerTo(one: PendingUpdate, now: number): number {
    const leavesAt = this.earliestFor(one, now);
    return leavesAt + (leavesAt - now) * DELAY_SHARE + this.capacity.timeToAnswer(one.submission);
  }

  /**
   * Returns the earliest time at which its call could leave: after the calls before it in its lane, in other lanes, and
   * of its customer.
   */
  private earliestFor({ update, submission }: PendingUpdate, now: number): number {
    const { lanes, locks } = this.pending;
    const { itemCount } = this.capacity.boundsOf(update.kind);
    const before = lanes.get(submission.laneKey)?.interactiveCount ?? 0;
    const inLane = Math.ceil((before + 1) / itemCount) + Math.max(0, lanes.busyCount - 1);
    const ofCustomer = locks.depth(ownedKeys(update));
    return this.capacity.timeOf(Math.max(inLane, ofCustomer), ofCustomer - 1, now);
  }
}
