import type { Outcome } from '../delivery/outcome.js';
import type { FailedDto, OutcomeDto, UnknownDto, UpdatedDto } from '../http/dto/outcome.dto.js';
import { type NotLetIn, tellElement } from '../http/outcome-response.js';
import { problemPath } from '../http/problem.js';
import type { LineResult } from '../storage/import-rows.repository.js';
import type { RestResults } from '../storage/import-work.repository.js';

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

const CREDITED: UpdatedDto = {
  outcome: 'updated',
  identifiers: [],
  warnings: [],
  children: [],
  pointsCredited: 'yes',
  attempts: 1,
};

const IN_DOUBT: UnknownDto = {
  outcome: 'unknown',
  reason:
    'the process that sent it ended before its answer was noted; it credits points, so it was not sent again',
  retryable: false,
  pointsCredited: 'unknown',
  attempts: 1,
};

/** What an earlier process left of a line that credits points; undefined where it may be sent. */
export function resultOfCredit(line: number, state: string | undefined): LineResult | undefined {
  switch (state) {
    case 'credited':
      return toResult(line, CREDITED);
    case undefined:
    case 'waiting':
    case 'not-credited':
      return undefined;
    default:
      return toResult(line, IN_DOUBT);
  }
}

/** Why lines were never sent. */
export type NotSent = 'invalid-lines' | 'cancelled';

const SENTENCES: Readonly<Record<NotSent, string>> = {
  'invalid-lines': 'not sent, as another line of the import is not valid',
  cancelled: 'not sent, as the import was cancelled',
};

/** What is told of the lines that are left when nothing more is sent. */
export function notSent(why: NotSent): RestResults {
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
    inDoubt: JSON.stringify(IN_DOUBT),
  };
}
