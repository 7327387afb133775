import type { CallResult, ItemResult } from '../../upstream/call-result.js';
import { matchResults } from './match-results.js';
import type { OutcomeReason, VendorMessage } from '../outcome.js';
import type { Failure } from './retry-decision.js';
import type { Update } from '../update.js';

/** What one attempt proves about one update: settled for good, or failed in a way that may be worth another attempt. */
export type Verdict =
  | { readonly kind: 'updated'; readonly result: ItemResult }
  | {
      readonly kind: 'rejected';
      readonly errors: readonly VendorMessage[];
      /** A reason of our own, where the refusal is not the vendor's verdict. */
      readonly reason?: OutcomeReason;
    }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly reason: OutcomeReason;
      readonly errors: readonly VendorMessage[];
      /** False when another attempt cannot end differently. */
      readonly canPass: boolean;
    };

export type FailedVerdict = Extract<Verdict, { kind: 'failed' }>;

function failed(
  failure: Failure,
  reason: OutcomeReason,
  { errors = [], canPass = true }: { errors?: readonly VendorMessage[]; canPass?: boolean } = {},
): Verdict {
  return { kind: 'failed', failure, reason, errors, canPass };
}

/** The catalog of codes says whether the vendor or only the customer is busy. */
function busyReason({ errors }: ItemResult): OutcomeReason {
  return errors.some(({ type }) => type === 'upstream-busy') ? 'upstream-busy' : 'customer-busy';
}

function readItem(result: ItemResult | undefined): Verdict {
  if (!result) return failed({ kind: 'ambiguous' }, 'no-proof');
  switch (result.verdict) {
    case 'updated':
      return { kind: 'updated', result };
    case 'rejected':
      return { kind: 'rejected', errors: result.errors };
    case 'not-processed':
      return failed({ kind: 'not-processed', retryAfterMs: 0 }, busyReason(result), result);
    case 'update-failed':
      return failed({ kind: 'update-failed' }, 'update-failed', result);
    case 'ambiguous':
      return failed({ kind: 'ambiguous' }, 'points-in-doubt', result);
  }
}

/** Refusals that are about the updates, and not about us or what is in front of the vendor. */
const VERDICTS: ReadonlySet<OutcomeReason> = new Set(['call-refused', 'batch-too-large']);

/** Reads the result of one attempt into one verdict for each of its updates, in their order. */
export function readVerdicts(result: CallResult, updates: readonly Update[]): Verdict[] {
  switch (result.kind) {
    case 'answered': {
      const customers = updates.map(({ customer }) => customer);
      return matchResults(customers, result.results).map(readItem);
    }
    case 'refused':
      if (result.reason === 'body-too-large') {
        return updates.map(() => ({ kind: 'rejected', reason: 'update-too-large', errors: result.errors }));
      }
      return updates.map(() =>
        VERDICTS.has(result.reason)
          ? { kind: 'rejected', errors: result.errors }
          : failed({ kind: 'not-sent' }, result.reason, { canPass: false, errors: result.errors }),
      );
    case 'not-sent':
      return updates.map(() => failed({ kind: 'not-sent' }, result.reason, result));
    case 'not-processed':
      return updates.map(() =>
        failed({ kind: 'not-processed', retryAfterMs: result.retryAfterMs }, result.reason, result),
      );
    case 'ambiguous':
      return updates.map(() => failed({ kind: 'ambiguous' }, result.reason));
  }
}
