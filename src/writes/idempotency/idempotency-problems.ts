import type { UnknownDto } from '../dto/outcome.dto.js';
import { type Mistake, ProblemException } from '../../problems/problem.js';
import { PROBLEM_PAGES } from '../../problems/problem-catalog.js';

/** When the first request may be answered: most are within a second, and asking again costs one statement. */
const RUNNING_RETRY_AFTER_SECONDS = 1;

/** The reason of work whose process ended before its answer was kept. */
export const INTERRUPTED =
  'the process that worked on the first request ended before its answer was kept; it credits points, so it is not sent again';

export function keyRequired(mistakes: readonly Mistake[]): ProblemException {
  const { explanation } = PROBLEM_PAGES['idempotency-key-required'];
  return new ProblemException('idempotency-key-required', explanation, { errors: mistakes });
}

export function keyInUse(): ProblemException {
  const { explanation } = PROBLEM_PAGES['idempotency-key-in-use'];
  const headers = { 'Retry-After': String(RUNNING_RETRY_AFTER_SECONDS) };
  return new ProblemException('idempotency-key-in-use', explanation, { retryable: true }, headers);
}

export function keyReused(): ProblemException {
  const { explanation } = PROBLEM_PAGES['idempotency-key-reused'];
  return new ProblemException('idempotency-key-reused', explanation, { retryable: false });
}

/** The problem of a request that cannot be worked on under its key. */
export function refusalOf(kind: 'running' | 'conflict'): ProblemException {
  return kind === 'running' ? keyInUse() : keyReused();
}

/** An outcome in doubt as the answer to a request for one update. */
export function inDoubt(outcome: UnknownDto): ProblemException {
  return new ProblemException('outcome-unknown', PROBLEM_PAGES['outcome-unknown'].explanation, outcome);
}
