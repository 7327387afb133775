import type { FailureReason, Identifier, VendorMessage } from '../upstream/call-result.js';
import type { ChildOutcome } from './settle/child-outcomes.js';

export type { CallFailure, VendorMessage } from '../upstream/call-result.js';
export type { VerdictType } from '../upstream/code-catalog.js';

/** Why an update was not applied, or why it is unknown whether it was. Fixed words of ours and of `upstream`. */
export type OutcomeReason =
  | FailureReason
  | 'deadline-passed'
  | 'caller-gone'
  | 'shutting-down'
  | 'too-many-pending'
  | 'deadline-unreachable'
  | 'breaker-open'
  | 'update-too-large'
  | 'recently-rejected'
  | 'storage-unavailable'
  | 'update-failed'
  | 'all-refused'
  | 'points-in-doubt'
  | 'customer-erased'
  | 'no-proof';

/** Whether the points of an update were credited; absent when it has none. */
export type PointsCredited = 'yes' | 'no' | 'unknown';

interface Sent {
  /** Our id; the explanation of the update is found by it for a while. */
  readonly updateId: string;
  readonly pointsCredited?: PointsCredited;
  /** The id of the listed credit, when it is unknown whether its points were credited. */
  readonly creditId?: string;
  /** How many bulk calls carried the update. */
  readonly attempts: number;
  /** Our ids of these calls. */
  readonly callIds: readonly string[];
  /** The vendor's id of the last of them. */
  readonly upstreamRequestId?: string;
}

export interface Updated extends Sent {
  readonly outcome: 'updated';
  readonly customerId?: number;
  readonly identifiers: readonly Identifier[];
  readonly warnings: readonly VendorMessage[];
  readonly children: readonly ChildOutcome[];
}

/** Refused for good: sent again, it would be refused again. */
export interface Rejected extends Sent {
  readonly outcome: 'rejected';
  /** Set when admission rejected it, or when it was refused alone for its size. */
  readonly reason?: OutcomeReason;
  /** The vendor's errors, now or for the same update a while ago; none when it was too large for any call. */
  readonly errors: readonly VendorMessage[];
}

/** Not applied: it may be sent again. */
export interface Failed extends Sent {
  readonly outcome: 'failed';
  readonly reason: OutcomeReason;
  readonly errors: readonly VendorMessage[];
  /** Milliseconds from now; 0 when nothing better than "soon" is known. */
  readonly retryAfterMs: number;
}

/** May or may not have been applied. */
export interface Unknown extends Sent {
  readonly outcome: 'unknown';
  readonly reason: OutcomeReason;
  /** Whether the caller may send it again without harm. */
  readonly isSafeToRepeat: boolean;
  /** The refusal of a later attempt: it does not prove that an earlier one was not applied. */
  readonly errors: readonly VendorMessage[];
  /** Set when it was sent again without its points, and the vendor confirmed that everything else was applied. */
  readonly applied?: 'all-but-points';
}

/** The result of an update. */
export type Outcome = Updated | Rejected | Failed | Unknown;
