/** Why one attempt did not settle an update. */
export type Failure =
  | { readonly kind: 'not-sent' } // refused before the body left
  | { readonly kind: 'not-processed'; readonly retryAfterMs: number } // 0 when no wait was named
  | { readonly kind: 'update-failed' } // the vendor says that it failed: harmless to repeat unless it credits points
  | { readonly kind: 'ambiguous' }; // may have been applied

export interface FailedAttempt {
  readonly failure: Failure;
  /** The first sending is 1. */
  readonly attempt: number;
  readonly remainingMs: number;
  readonly isSafeToRepeat: boolean;
}

export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
  /** The share of a wait that is not random. */
  readonly leastShare: number;
}

export type RetryDecision =
  | { readonly retry: true; readonly waitMs: number }
  | { readonly retry: false; readonly because: 'unsafe-to-repeat' | 'deadline-passed' };

/** For the update of a caller who waits: full jitter. */
export const BACKOFF: Backoff = { baseMs: 100, capMs: 5000, leastShare: 0 };

/**
 * For an update without a caller who waits, after answers about it that count. Eight attempts take at least 20 seconds, so that
 * a customer who is busy for that long does not use them up. The cap is the same: an update of a caller may wait behind it.
 */
export const PATIENT_BACKOFF: Backoff = { baseMs: 1000, capMs: 5000, leastShare: 0.75 };

/**
 * Decides whether an update is sent again, and after how long: exponential backoff with jitter.
 *
 * Pure: the caller passes the clock and the random number, so a test can name the exact wait.
 *
 * @param random uniform in [0, 1)
 * @returns a wait never shorter than the one the vendor asked for
 */
export function decideRetry(failed: FailedAttempt, backoff: Backoff, random: number): RetryDecision {
  const { failure, attempt, remainingMs, isSafeToRepeat } = failed;
  const mayBeApplied = failure.kind === 'ambiguous' || failure.kind === 'update-failed';
  if (mayBeApplied && !isSafeToRepeat) return { retry: false, because: 'unsafe-to-repeat' };

  const { baseMs, capMs, leastShare } = backoff;
  const jitteredMs = (leastShare + (1 - leastShare) * random) * Math.min(capMs, baseMs * 2 ** (attempt - 1));
  const waitMs = Math.max(jitteredMs, failure.kind === 'not-processed' ? failure.retryAfterMs : 0);
  if (waitMs >= remainingMs) return { retry: false, because: 'deadline-passed' };
  return { retry: true, waitMs };
}
