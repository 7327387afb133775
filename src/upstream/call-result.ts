import type { VerdictType } from './code-catalog.js';
import type { UpdatePart } from './code-subject.js';

/** A code of the vendor, and what it means for a caller. The message is the vendor's, without personal data. */
export interface VendorMessage {
  readonly code: number;
  readonly message: string;
  readonly type: VerdictType;
  readonly status: number;
  /** The part that the code is about, where the update has parts and the code proves it. */
  readonly part?: UpdatePart;
}

export interface Identifier {
  readonly type: string;
  readonly value: string;
}

/** The vendor's verdict on one item. */
export type ItemVerdict = 'updated' | 'rejected' | 'not-processed' | 'update-failed' | 'ambiguous';

/** One element of the vendor's answer, read from either of its forms. */
export interface ItemResult {
  readonly verdict: ItemVerdict;
  /** In the order of the vendor, which may differ from the order sent; some may be masked or generated. */
  readonly identifiers: readonly Identifier[];
  readonly customerId?: number;
  readonly errors: readonly VendorMessage[];
  readonly warnings: readonly VendorMessage[];
  readonly children: readonly ChildResult[];
  /** How many children were not applied, by the vendor's count. */
  readonly childFailureCount: number;
}

export type ChildResult = Omit<ItemResult, 'children' | 'childFailureCount'>;

/** Why an attempt of a bulk call brought no results; fixed words, for logs and for callers. */
export type FailureReason =
  | 'connection-refused'
  | 'connection-failed'
  | 'connect-timeout'
  | 'host-unreachable'
  | 'name-not-found'
  | 'not-tls'
  | 'certificate-expired'
  | 'certificate-not-valid-yet'
  | 'wrong-host-name'
  | 'unknown-authority'
  | 'not-a-token-endpoint'
  | 'token-unavailable'
  | 'credentials-refused'
  | 'rate-limited'
  | 'upstream-busy'
  | 'customer-busy'
  | 'web-server-down'
  | 'answer-timeout'
  | 'connection-lost'
  | 'answer-too-large'
  | 'answer-unreadable'
  | 'upstream-error'
  | 'redirected'
  | 'gateway-refused'
  | 'no-verdict'
  | 'call-refused'
  | 'batch-too-large'
  | 'body-too-large'
  | 'upstream-misconfigured'
  | 'no-updates-left'
  | 'unexpected-fault';

/** How an attempt failed. The words are those of `src/delivery/README.md`. */
export type CallFailure =
  /** Nothing left this process. `canPass` is false when sending again cannot help. */
  | { readonly kind: 'not-sent'; readonly reason: FailureReason; readonly canPass: boolean }
  /** The vendor received it but did not work on it. `retryAfterMs` is 0 when no wait was named. */
  | {
      readonly kind: 'not-processed';
      readonly reason: FailureReason;
      readonly canPass: boolean;
      readonly retryAfterMs: number;
      /** Whether one update in it may be the cause, although it may as well be the vendor as a whole. */
      readonly mayBeOfOne?: boolean;
    }
  /** It may or may not have been applied. */
  | { readonly kind: 'ambiguous'; readonly reason: FailureReason }
  /** The vendor refused the call as a whole; `isDivisible` when a single update in it may be the cause. */
  | {
      readonly kind: 'refused';
      readonly reason: FailureReason;
      readonly isDivisible: boolean;
      readonly errors: readonly VendorMessage[];
      /** The positions of the updates that the vendor names as the cause; empty when it names none. */
      readonly rejectedPositions?: readonly number[];
    };

/** The result of one attempt of a bulk call. */
export type CallResult = (
  { readonly kind: 'answered'; readonly results: readonly ItemResult[] } | CallFailure
) & {
  /** What decided: a row of the answer rules, such as `status 429`, or `results` or `transport`. */
  readonly decidedBy: string;
  readonly upstreamRequestId?: string;
};
