import type { Outcome } from '../../delivery/outcome.js';
import type { FailedDto, OutcomeDto } from '../../writes/dto/outcome.dto.js';
import { type NotLetIn, tellElement } from '../../writes/to-outcome-dto.js';
import { problemPath } from '../../problems/problem.js';
import { CREDITED, creditInDoubt, outcomeOfCredit } from '../../writes/credits/credit-outcomes.js';
import type { LineResult } from '../../records/import-rows.repository.js';
import type { RemainingLineResults } from '../../records/import-chunks.repository.js';

/** What is told of a line, as it is stored. */
export function toResult(line: number, told: OutcomeDto): LineResult {
  return { line, outcome: told.outcome, result: JSON.stringify(told) };
}

export function outcomeResult(line: number, outcome: Outcome): LineResult {
  return toResult(line, tellElement(outcome));
}

export function notLetInResult(line: number, notLetIn: NotLetIn): LineResult {
  return toResult(line, tellElement(notLetIn));
}

const INTERRUPTED =
  'the process that sent it ended before its answer was noted; it credits points, so it was not sent again';

/** What an earlier process left of a line that credits points; undefined where it may be sent. */
export function resultOfCredit(
  line: number,
  creditId: string,
  state: string | undefined,
): LineResult | undefined {
  const told = outcomeOfCredit(creditId, state, INTERRUPTED);
  return told && toResult(line, told);
}

/** Why lines were never sent. */
export type NotSent = 'invalid-lines' | 'cancelled';

const SENTENCES: Readonly<Record<NotSent, string>> = {
  'invalid-lines': 'not sent, as another line of the import is not valid',
  cancelled: 'not sent, as the import was cancelled',
};

/** What is told of the lines that are left when nothing more is sent. */
export function notSent(why: NotSent): RemainingLineResults {
  const told: FailedDto = {
    outcome: 'failed',
    reason: SENTENCES[why],
    type: problemPath(why === 'cancelled' ? 'import-state' : 'invalid-request'),
    retryable: true,
    errors: [],
    attempts: 0,
  };
  return {
    failed: JSON.stringify(told),
    credited: JSON.stringify(CREDITED),
    inDoubt: JSON.stringify(creditInDoubt(INTERRUPTED)),
  };
}
