import type { CallResult } from '../upstream/call-result.js';
import { readChildOutcomes } from './child-outcomes.js';
import type { Outcome, OutcomeReason, PointsCredited, VendorMessage } from './outcome.js';
import type { Verdict } from './read-verdicts.js';
import type { Update } from './update.js';

type FailedVerdict = Extract<Verdict, { kind: 'failed' }>;

/** An update on its way: what is known of it so far, and the one outcome that it gets. */
export class PendingUpdate {
  readonly settled: Promise<Outcome>;
  private resolve: (outcome: Outcome) => void;
  private outcome: Outcome | undefined;
  private attempts = 0;
  private isInFlight = false;
  private upstreamRequestId: string | undefined;
  private lastFailure: FailedVerdict | undefined;
  /** Why an earlier attempt may have been applied: once that is so, it can no longer end as `failed`. */
  private doubt: OutcomeReason | undefined;

  constructor(readonly update: Update) {
    this.settled = new Promise((resolve) => (this.resolve = resolve));
  }

  get isSettled(): boolean {
    return this.outcome !== undefined;
  }

  get attempt(): number {
    return this.attempts;
  }

  begin(): void {
    this.attempts += 1;
    this.isInFlight = true;
  }

  end({ upstreamRequestId }: CallResult): void {
    this.isInFlight = false;
    this.upstreamRequestId = upstreamRequestId ?? this.upstreamRequestId;
  }

  settleUpdated({ result }: Extract<Verdict, { kind: 'updated' }>): void {
    const { customerId, identifiers, warnings } = result;
    this.settle({
      outcome: 'updated',
      ...(customerId !== undefined && { customerId }),
      identifiers,
      warnings,
      children: readChildOutcomes(this.update, result),
      ...this.sent(warnings.some(({ type }) => type === 'points-in-doubt') ? 'unknown' : 'yes'),
    });
  }

  settleRejected(errors: readonly VendorMessage[]): void {
    this.settle({ outcome: 'rejected', errors, ...this.sent('no') });
  }

  /** Notes a failure; what it may have done outlives it. */
  fail(verdict: FailedVerdict): void {
    this.lastFailure = verdict;
    const { kind } = verdict.failure;
    if (kind === 'ambiguous' || (kind === 'update-failed' && !this.update.isSafeToRepeat)) {
      this.doubt ??= verdict.reason;
    }
  }

  /** Ends it without another attempt. In flight, or after an attempt that may have been applied, nobody knows. */
  giveUp(reason: OutcomeReason): void {
    const { lastFailure, doubt } = this;
    const doubtNow = doubt ?? (this.isInFlight ? reason : undefined);
    if (doubtNow !== undefined) {
      this.settle({
        outcome: 'unknown',
        reason: doubtNow,
        isSafeToRepeat: this.update.isSafeToRepeat,
        ...this.sent('unknown'),
      });
      return;
    }
    const failure = lastFailure?.failure;
    this.settle({
      outcome: 'failed',
      reason: lastFailure?.reason ?? reason,
      errors: lastFailure?.errors ?? [],
      retryAfterMs: failure?.kind === 'not-processed' ? failure.retryAfterMs : 0,
      ...this.sent('no'),
    });
  }

  /** Ends it if it only waits; in flight, its answer is still worth having. */
  giveUpWaiting(reason: OutcomeReason): void {
    if (!this.isInFlight) this.giveUp(reason);
  }

  /** @param points what became of the points, where the update asks for any: only then it is not safe to repeat */
  private sent(points: PointsCredited): Pick<Outcome, 'attempts' | 'upstreamRequestId' | 'pointsCredited'> {
    const { attempts, upstreamRequestId } = this;
    return {
      attempts,
      ...(upstreamRequestId !== undefined && { upstreamRequestId }),
      ...(!this.update.isSafeToRepeat && { pointsCredited: points }),
    };
  }

  private settle(outcome: Outcome): void {
    if (this.outcome) return;
    this.outcome = outcome;
    this.resolve(outcome);
  }
}
