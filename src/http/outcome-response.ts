import type { Failed, Outcome, Rejected, Unknown, Updated, VendorMessage } from '../delivery/outcome.js';
import type { BatchAnswerDto, OutcomeDto, OutcomeErrorDto, UpdatedDto } from './dto/outcome.dto.js';
import { type Mistake, ProblemException, problemPath } from './problem.js';
import { PROBLEM_PAGES, REASONS } from './problem-catalogue.js';

/** What became of one element of a batch: delivered, or never sent because it was not valid. */
export type ElementOutcome = Outcome | { readonly outcome: 'invalid'; readonly mistakes: readonly Mistake[] };

function tellError({ code, message, type, status }: VendorMessage): OutcomeErrorDto {
  return { code, message, type: problemPath(type), status };
}

function tellUpdated({
  customerId,
  identifiers,
  warnings,
  children,
  attempts,
  upstreamRequestId,
}: Updated): UpdatedDto {
  return {
    outcome: 'updated',
    ...(customerId !== undefined && { customerId }),
    identifiers: [...identifiers],
    warnings: warnings.map(({ code, message }) => ({ code, message })),
    children: children.map((child) => ({
      outcome: child.outcome,
      ...(child.customerId !== undefined && { customerId: child.customerId }),
      identifiers: [...child.identifiers],
      errors: child.errors.map(tellError),
      warnings: child.warnings.map(({ code, message }) => ({ code, message })),
    })),
    attempts,
    ...(upstreamRequestId !== undefined && { upstreamRequestId }),
  };
}

/** Why nobody knows, in a sentence that says whether it was sent again. */
function tellDoubt({ reason, isSafeToRepeat }: Unknown): string {
  const { sentence } = REASONS[reason];
  return isSafeToRepeat ? sentence : `${sentence}; it credits points, so it was not sent again`;
}

function sentPart({ attempts, upstreamRequestId }: Outcome): {
  attempts: number;
  upstreamRequestId?: string;
} {
  return { attempts, ...(upstreamRequestId !== undefined && { upstreamRequestId }) };
}

function rejectedProblem(outcome: Rejected): ProblemException {
  const [first] = outcome.errors;
  const type = first?.type ?? 'update-refused';
  return new ProblemException(
    type,
    first?.message ?? PROBLEM_PAGES[type].explanation,
    {
      ...(first && { code: first.code }),
      outcome: 'rejected',
      retryable: false,
      errors: outcome.errors.map(tellError),
      ...sentPart(outcome),
    },
    {},
    first?.status,
  );
}

function failedProblem(outcome: Failed): ProblemException {
  const { type, sentence } = REASONS[outcome.reason];
  const isTemporary = PROBLEM_PAGES[type].status === 503;
  const waitSeconds = Math.max(1, Math.ceil(outcome.retryAfterMs / 1000));
  return new ProblemException(
    type,
    PROBLEM_PAGES[type].explanation,
    {
      ...(outcome.errors[0] && { code: outcome.errors[0].code }),
      outcome: 'failed',
      retryable: true,
      reason: sentence,
      errors: outcome.errors.map(tellError),
      ...sentPart(outcome),
    },
    isTemporary ? { 'Retry-After': String(waitSeconds) } : {},
  );
}

/**
 * The answer to a request for one update.
 *
 * @throws ProblemException unless it was updated
 */
export function answerOne(outcome: Outcome): UpdatedDto {
  switch (outcome.outcome) {
    case 'updated':
      return tellUpdated(outcome);
    case 'rejected':
      throw rejectedProblem(outcome);
    case 'failed':
      throw failedProblem(outcome);
    case 'unknown':
      throw new ProblemException('outcome-unknown', PROBLEM_PAGES['outcome-unknown'].explanation, {
        outcome: 'unknown',
        retryable: outcome.isSafeToRepeat,
        reason: tellDoubt(outcome),
        ...sentPart(outcome),
      });
  }
}

function tellElement(outcome: ElementOutcome): OutcomeDto {
  switch (outcome.outcome) {
    case 'updated':
      return tellUpdated(outcome);
    case 'rejected':
      return { outcome: 'rejected', errors: outcome.errors.map(tellError), ...sentPart(outcome) };
    case 'failed':
      return {
        outcome: 'failed',
        reason: REASONS[outcome.reason].sentence,
        type: problemPath(REASONS[outcome.reason].type),
        retryable: true,
        errors: outcome.errors.map(tellError),
        ...sentPart(outcome),
      };
    case 'unknown':
      return {
        outcome: 'unknown',
        reason: tellDoubt(outcome),
        retryable: outcome.isSafeToRepeat,
        ...sentPart(outcome),
      };
    case 'invalid':
      return {
        outcome: 'rejected',
        errors: outcome.mistakes.map(({ pointer = '', message }) => ({
          pointer,
          message,
          type: problemPath('invalid-request'),
          status: 400,
        })),
        attempts: 0,
      };
  }
}

/**
 * The answer to a request for many updates, in the order sent: 200 when all were updated, else 207.
 *
 * @throws ProblemException `overloaded` when there was no room for any of them
 */
export function answerMany(outcomes: readonly ElementOutcome[]): { status: 200 | 207; body: BatchAnswerDto } {
  const refused = outcomes.find((one) => one.outcome === 'failed' && one.reason === 'too-many-pending');
  if (refused?.outcome === 'failed') throw failedProblem(refused);

  const told = outcomes.map(tellElement);
  const count = (kind: OutcomeDto['outcome']): number =>
    told.filter(({ outcome }) => outcome === kind).length;
  const summary = {
    total: told.length,
    updated: count('updated'),
    rejected: count('rejected'),
    failed: count('failed'),
    unknown: count('unknown'),
  };
  return {
    status: summary.updated === summary.total ? 200 : 207,
    body: { summary, outcomes: told.map((outcome, index) => ({ index, ...outcome })) },
  };
}
