import type { CallFailure, Failed, Outcome, Unknown, Updated, VendorMessage } from '../delivery/outcome.js';
import type { BatchAnswerDto, OutcomeDto, OutcomeErrorDto, UpdatedDto } from './dto/outcome.dto.js';
import { type Mistake, ProblemException, type ProblemExtensions, problemPath } from './problem.js';
import { PROBLEM_PAGES, type ProblemType, REASONS } from './problem-catalogue.js';

/** What became of one element of a batch: delivered, or never sent because it was not valid. */
export type ElementOutcome = Outcome | { readonly outcome: 'invalid'; readonly mistakes: readonly Mistake[] };

function tellError({ code, message, type, status }: VendorMessage): OutcomeErrorDto {
  return { code, message, type: problemPath(type), status };
}

/** Mistakes of an element that was not sent, told as errors of its outcome. */
export function tellMistakes(mistakes: readonly Mistake[]): OutcomeErrorDto[] {
  const type = problemPath('invalid-request');
  return mistakes.map(({ pointer = '', message }) => ({ pointer, message, type, status: 400 }));
}

function tellUpdated(outcome: Updated): UpdatedDto {
  const { customerId, identifiers, warnings, children } = outcome;
  return {
    outcome: 'updated',
    ...(customerId !== undefined && { customerId }),
    identifiers: [...identifiers],
    warnings: warnings.map(({ code, message }) => ({ code, message })),
    children: children.map((child, index) => ({
      index,
      outcome: child.outcome,
      ...(child.customerId !== undefined && { customerId: child.customerId }),
      identifiers: [...child.identifiers],
      errors: child.errors.map(tellError),
      warnings: child.warnings.map(({ code, message }) => ({ code, message })),
    })),
    ...sentPart(outcome),
  };
}

/** Whether all that was asked for was applied: each child, and each point. */
function isWhole({ children, pointsCredited }: Updated): boolean {
  return children.every(({ outcome }) => outcome === 'updated') && pointsCredited !== 'unknown';
}

/** Why nobody knows, in a sentence that says whether it was sent again. */
function tellDoubt({ reason, isSafeToRepeat }: Unknown): string {
  const { sentence } = REASONS[reason];
  return isSafeToRepeat ? sentence : `${sentence}; it credits points, so it was not sent again`;
}

function sentPart({ attempts, upstreamRequestId, pointsCredited }: Outcome): SentPart {
  return {
    ...(pointsCredited !== undefined && { pointsCredited }),
    attempts,
    ...(upstreamRequestId !== undefined && { upstreamRequestId }),
  };
}

type SentPart = Pick<Outcome, 'attempts' | 'upstreamRequestId' | 'pointsCredited'>;

/** The first error of the vendor decides type and status; all of them are told. */
function verdictProblem(errors: readonly VendorMessage[], told: ProblemExtensions): ProblemException {
  const [first] = errors;
  const type = first?.type ?? 'update-refused';
  return new ProblemException(
    type,
    first?.message ?? PROBLEM_PAGES[type].explanation,
    {
      ...(first && { code: first.code }),
      ...told,
      errors: errors.map(tellError),
    },
    {},
    first?.status,
  );
}

function retryAfterHeader(type: ProblemType, retryAfterMs: number): Record<string, string> {
  if (PROBLEM_PAGES[type].status !== 503) return {};
  return { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
}

function failedProblem(outcome: Failed): ProblemException {
  const { type, sentence } = REASONS[outcome.reason];
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
    retryAfterHeader(type, outcome.retryAfterMs),
  );
}

/** Why a read brought nothing, as a problem. */
export function readProblem(failure: CallFailure): ProblemException {
  if (failure.kind === 'refused' && failure.reason !== 'upstream-misconfigured') {
    return verdictProblem(failure.errors, { retryable: false });
  }
  const { type, sentence } = REASONS[failure.reason];
  return new ProblemException(
    type,
    PROBLEM_PAGES[type].explanation,
    { retryable: true, reason: sentence },
    retryAfterHeader(type, failure.kind === 'not-processed' ? failure.retryAfterMs : 0),
  );
}

/** An answer and its status: 207 where not all that was asked for was applied. */
export interface Answer<Body> {
  readonly status: 200 | 207;
  readonly body: Body;
}

/**
 * The answer to a request for one update.
 *
 * @throws ProblemException unless it was updated
 */
export function answerOne(outcome: Outcome): Answer<UpdatedDto> {
  switch (outcome.outcome) {
    case 'updated':
      return { status: isWhole(outcome) ? 200 : 207, body: tellUpdated(outcome) };
    case 'rejected':
      throw verdictProblem(outcome.errors, {
        outcome: 'rejected',
        retryable: false,
        ...sentPart(outcome),
      });
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
      return { outcome: 'rejected', errors: tellMistakes(outcome.mistakes), attempts: 0 };
  }
}

/**
 * The answer to a request for many updates, in the order sent: 200 when all were updated and wholly, else 207.
 *
 * @throws ProblemException `overloaded` when there was no room for any of them
 */
export function answerMany(outcomes: readonly ElementOutcome[]): Answer<BatchAnswerDto> {
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
    status: outcomes.every((one) => one.outcome === 'updated' && isWhole(one)) ? 200 : 207,
    body: { summary, outcomes: told.map((outcome, index) => ({ index, ...outcome })) },
  };
}
