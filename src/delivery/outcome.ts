import type { FailureReason, Identifier, VendorMessage } from '../upstream/call-result.js';
import type { ChildOutcome } from './child-outcomes.js';

export type { CallFailure, VendorMessage } from '../upstream/call-result.js';
export type { VerdictType } from '../upstream/code-catalogue.js';

/** Why an update was not applied, or why nobody knows whether it was. Fixed words of ours and of `upstream`. */
export type OutcomeReason =
  | FailureReason
  | 'deadline-passed'
  | 'caller-gone'
  | 'shutting-down'
  | 'too-many-pending'
  | 'update-failed'
  | 'points-in-doubt'
  | 'no-proof'
  | 'unexpected-fault';

/** Whether the points were credited that an update asked for; absent where it asked for none. */
export type PointsCredited = 'yes' | 'no' | 'unknown';

interface Sent {
  readonly pointsCredited?: PointsCredited;
  /** How many bulk calls the update stood in. */
  readonly attempts: number;
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
  readonly errors: readonly VendorMessage[];
}

/** Not applied: it may be sent again. */
export interface Failed extends Sent {
  readonly outcome: 'failed';
  readonly reason: OutcomeReason;
  readonly errors: readonly VendorMessage[];
  /** From now, in milliseconds; 0 when nothing better than "soon" is known. */
  readonly retryAfterMs: number;
}

/** May or may not have been applied. */
export interface Unknown extends Sent {
  readonly outcome: 'unknown';
  readonly reason: OutcomeReason;
  /** Whether the caller may send it again without harm. */
  readonly isSafeToRepeat: boolean;
}

/** What became of an update. */
export type Outcome = Updated | Rejected | Failed | Unknown;
