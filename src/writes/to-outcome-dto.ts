import type {
  CallFailure,
  Failed,
  Outcome,
  OutcomeReason,
  Rejected,
  Unknown,
  Updated,
  VendorMessage,
} from '../delivery/outcome.js';
import type {
  BatchAnswerDto,
  OutcomeDto,
  OutcomeErrorDto,
  UnknownDto,
  UpdatedDto,
} from './dto/outcome.dto.js';
import { type Mistake, ProblemException, type ProblemExtensions, problemPath } from '../problems/problem.js';
import { PROBLEM_PAGES, type ProblemType, REASONS } from '../problems/problem-catalog.js';

/** An update that was not sent, as it is not valid, or outside of what its principal may do. */
export interface NotAdmitted {
  readonly outcome: 'invalid' | 'outside';
  readonly mistakes: readonly Mistake[];
}

/** What became of one element of a batch: delivered, not let in, or told before. */
export type ElementOutcome =
  Outcome | NotAdmitted | { readonly outcome: 'told-before'; readonly told: OutcomeDto };

function tellError({ code, message, type, status }: VendorMessage): OutcomeErrorDto {
  return { code, message, type: problemPath(type), status };
}

/** Mistakes of an element that was not sent, told as errors of its outcome. */
export function tellMistakes({ outcome, mistakes }: NotAdmitted): OutcomeErrorDto[] {
  const type = outcome === 'outside' ? 'out-of-bounds' : 'invalid-request';
  const { status } = PROBLEM_PAGES[type];
  return mistakes.map(({ pointer = '', message }) => ({ pointer, message, type: problemPath(type), status }));
}

/** Why it was rejected: what the vendor says, and before that our own reason where it was not sent. */
function tellRefusal({ reason, errors }: Rejected): OutcomeErrorDto[] {
  const told = errors.map(tellError);
  if (reason === undefined) return told;
  const { type, sentence } = REASONS[reason];
  const { status } = PROBLEM_PAGES[type];
  return [{ message: sentence, type: problemPath(type), status }, ...told];
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
function isWhole({ children, pointsCredited }: Pick<UpdatedDto, 'children' | 'pointsCredited'>): boolean {
  return children.every(({ outcome }) => outcome === 'updated') && pointsCredited !== 'unknown';
}

/** Why nobody knows, in a sentence that says whether it was sent again. */
function tellDoubt({ reason, isSafeToRepeat, applied }: Unknown): string {
  const { sentence } = REASONS[reason];
  if (isSafeToRepeat) return sentence;
  return applied
    ? `${sentence}; it credits points, so it was sent again without them, and that was applied`
    : `${sentence}; it credits points, so it was not sent again with them`;
}

/** What a later attempt says, which does not prove what became of an earlier one. */
function tellLaterPart({ errors, applied }: Unknown): Pick<UnknownDto, 'errors' | 'applied'> {
  return { ...(errors.length > 0 && { errors: errors.map(tellError) }), ...(applied && { applied }) };
}

function sentPart(outcome: Outcome): SentPart {
  const { updateId, attempts, upstreamRequestId, pointsCredited, creditId } = outcome;
  return {
    updateId,
    ...(pointsCredited !== undefined && { pointsCredited }),
    ...(creditId !== undefined && { creditId }),
    attempts,
    ...(upstreamRequestId !== undefined && { upstreamRequestId }),
  };
}

type SentPart = Pick<Outcome, 'updateId' | 'attempts' | 'upstreamRequestId' | 'pointsCredited' | 'creditId'>;

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

function answerUpdated(body: UpdatedDto): Answer<UpdatedDto> {
  return { status: isWhole(body) ? 200 : 207, body };
}

/**
 * The answer to a request for one update.
 *
 * @throws ProblemException unless it was updated
 */
export function answerOne(outcome: Outcome): Answer<UpdatedDto> {
  switch (outcome.outcome) {
    case 'updated':
      return answerUpdated(tellUpdated(outcome));
    case 'rejected': {
      const told = { outcome: 'rejected', retryable: false, ...sentPart(outcome) };
      if (outcome.reason === undefined) throw verdictProblem(outcome.errors, told);
      const { type, sentence } = REASONS[outcome.reason];
      throw new ProblemException(type, PROBLEM_PAGES[type].explanation, {
        ...told,
        reason: sentence,
        errors: outcome.errors.map(tellError),
      });
    }
    case 'failed':
      throw failedProblem(outcome);
    case 'unknown':
      throw new ProblemException('outcome-unknown', PROBLEM_PAGES['outcome-unknown'].explanation, {
        outcome: 'unknown',
        retryable: outcome.isSafeToRepeat,
        reason: tellDoubt(outcome),
        ...tellLaterPart(outcome),
        ...sentPart(outcome),
      });
  }
}

/** An outcome as one element of an answer. */
export function tellElement(outcome: ElementOutcome): OutcomeDto {
  switch (outcome.outcome) {
    case 'updated':
      return tellUpdated(outcome);
    case 'rejected':
      return { outcome: 'rejected', errors: tellRefusal(outcome), ...sentPart(outcome) };
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
        ...tellLaterPart(outcome),
        ...sentPart(outcome),
      };
    case 'invalid':
    case 'outside':
      return { outcome: 'rejected', errors: tellMistakes(outcome), attempts: 0 };
    case 'told-before':
      return outcome.told;
  }
}

/** Reasons for which a request is refused as a whole where they hold for each of its updates. */
const AT_THE_DOOR: ReadonlySet<OutcomeReason> = new Set([
  'too-many-pending',
  'deadline-unreachable',
  'breaker-open',
]);

/** @returns the refusal with the longest wait where not one of the updates was let in */
function refusalOfAll(outcomes: readonly ElementOutcome[]): Failed | undefined {
  const sent = outcomes.filter(({ outcome }) => outcome !== 'invalid' && outcome !== 'outside');
  const refused = sent.flatMap((one) =>
    one.outcome === 'failed' && one.attempts === 0 && AT_THE_DOOR.has(one.reason) ? [one] : [],
  );
  if (refused.length < sent.length) return undefined;
  return refused.toSorted((one, other) => other.retryAfterMs - one.retryAfterMs)[0];
}

/**
 * The answer to a request for many updates, in the order sent: 200 when all were updated and wholly, else 207.
 *
 * @throws ProblemException `overloaded` and the like when none of them was let in
 */
export function answerMany(outcomes: readonly ElementOutcome[]): Answer<BatchAnswerDto> {
  const refused = refusalOfAll(outcomes);
  if (refused) throw failedProblem(refused);

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
    status: told.every((one) => one.outcome === 'updated' && isWhole(one)) ? 200 : 207,
    body: { summary, outcomes: told.map((outcome, index) => ({ index, ...outcome })) },
  };
}
