export const BACKOFF = { baseMs: 100, capMs: 5000 };
/**
 * Decides whether an update is sent again, and after how long: exponential backoff with full jitter.
 *
 * Pure: the caller passes the clock and the random number, so a test can name the exact wait.
 *
 * @param random uniform in [0, 1)
 * @returns a wait never shorter than the one the vendor asked for
 */
export function decideRetry(failed, backoff, random) {
    const { failure, attempt, remainingMs, isSafeToRepeat } = failed;
    const mayBeApplied = failure.kind === 'ambiguous' || failure.kind === 'update-failed';
    if (mayBeApplied && !isSafeToRepeat)
        return { retry: false, because: 'unsafe-to-repeat' };
    const jitteredMs = random * Math.min(backoff.capMs, backoff.baseMs * 2 ** (attempt - 1));
    const waitMs = Math.max(jitteredMs, failure.kind === 'not-processed' ? failure.retryAfterMs : 0);
    if (waitMs >= remainingMs)
        return { retry: false, because: 'deadline-passed' };
    return { retry: true, waitMs };
}
//# sourceMappingURL=retry-decision.js.map