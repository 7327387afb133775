import type { Outcome } from '../../delivery/outcome.js';
import type { FailedDto, OutcomeDto } from '../../writes/dto/outcome.dto.js';
import { type NotAccepted, toOutcomeDto } from '../../writes/to-outcome-dto.js';
import { problemPath } from '../../problems/problem.js';
import { CREDITED, creditInDoubt, outcomeOfCredit } from '../../writes/credits/credit-outcomes.js';
import type { LineResult } from '../../records/import-rows.repository.js';
import type { RemainingLineResults } from '../../records/import-chunks.repository.js';

/** Maps the outcome of a line to its stored result. */
export function toResult(line: number, outcome: OutcomeDto): LineResult {
  return { line, outcome: outcome.outcome, result: JSON.stringify(outcome) };
}

export function outcomeResult(line: number, outcome: Outcome): LineResult {
  return toResult(line, toOutcomeDto(outcome));
}

export function notAcceptedResult(line: number, mistaken: NotAccepted): LineResult {
  return toResult(line, toOutcomeDto(mistaken));
}

const INTERRUPTED =
  'the process that sent it ended before its answer was noted; it credits points, so it was not sent again';

/** Returns the result of a line if an earlier process sent its credit; undefined if the line may be sent. */
export function resultOfCredit(
  line: number,
  creditId: string,
  state: string | undefined,
): LineResult | undefined {
  const outcome = outcomeOfCredit(creditId, state, INTERRUPTED);
  return outcome && toResult(line, outcome);
}

/** The reason why lines were never sent. */
export type NotSent = 'invalid-lines' | 'cancelled';

const REASONS: Readonly<Record<NotSent, string>> = {
  'invalid-lines': 'not sent, as another line of the import is not valid',
  cancelled: 'not sent, as the import was cancelled',
};

/** Returns the results of the remaining lines of an import that sends no more. */
export function notSent(why: NotSent): RemainingLineResults {
  const failed: FailedDto = {
    outcome: 'failed',
    reason: REASONS[why],
    type: problemPath(why === 'cancelled' ? 'import-state' : 'invalid-request'),
    retryable: true,
    errors: [],
    attempts: 0,
  };
  return {
    failed: JSON.stringify(failed),
    credited: JSON.stringify(CREDITED),
    inDoubt: JSON.stringify(creditInDoubt(INTERRUPTED)),
  };
}
