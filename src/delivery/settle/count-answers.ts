import type { CallResult } from '../../upstream/call-result.js';
import { mayBeOfOne } from './divisible-refusal.js';
import type { FailedVerdict } from './read-verdicts.js';

/** A failed attempt of an update, and what is known about the vendor's health. */
export interface FailedAnswer {
  readonly result: CallResult;
  readonly verdict: Pick<FailedVerdict, 'reason'>;
  /** Whether the call carried nothing else, or everything else in it has passed. */
  readonly isAlone: boolean;
  /** How many failed answers about the update count so far. */
  readonly answerCount: number;
  /** When the update failed for the first time. */
  readonly firstFailedAt: number;
  /** When the vendor last returned results for a call; undefined if it never did. */
  readonly lastResultsAt: number | undefined;
  readonly now: number;
}

/** For how long the results of another call prove that only the update fails, and not the vendor. */
const PROOF_MS = 120_000;

/**
 * Without such a proof, an error of the vendor about the update alone counts at most this often. An outage of an hour
 * then loses no update, and one that always fails still ends.
 */
const UNPROVED_EVERY_MS = 600_000;

/** What arrived was an answer; without one, only a proof counts. */
const ANSWERS: ReadonlySet<string> = new Set([
  'upstream-error',
  'answer-unreadable',
  'no-verdict',
  'upstream-busy',
]);

/**
 * Decides whether a failed attempt counts towards `BACKGROUND_MAX_ATTEMPTS`, as the vendor answered about this update.
 *
 * - Its own result always counts, and so does a 521 for a call of it alone.
 * - An error without results counts only for a call of the update alone, and only when the vendor returned results for
 *   other updates since this one failed first: otherwise the vendor may fail for all.
 * - Nothing else counts: the rate limit, tokens, the connection, a vendor that is unavailable, and what a gateway refused.
 */
export function countsAsAnswer(failed: FailedAnswer): boolean {
  const { result, verdict, isAlone, answerCount, firstFailedAt, lastResultsAt, now } = failed;
  // Another update may have got its result; alone, the vendor's answer is about this one, whatever is in it.
  if (result.kind === 'answered') return isAlone || verdict.reason !== 'no-proof';
  if (!isAlone) return false;
  if (result.reason === 'customer-busy') return true;
  const isRefusedAlone = result.kind === 'refused' && result.reason === 'no-verdict';
  if (!isRefusedAlone && !mayBeOfOne(result)) return false;
  const isProved =
    lastResultsAt !== undefined && lastResultsAt >= firstFailedAt && now - lastResultsAt < PROOF_MS;
  if (isProved) return true;
  const isAnswer = ANSWERS.has(result.reason);
  return isAnswer && now - firstFailedAt >= UNPROVED_EVERY_MS * (answerCount + 1);
}
