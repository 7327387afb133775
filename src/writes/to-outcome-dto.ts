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
import {
  type Mistake,
  Problem,
  type ProblemExtensions,
  type ProblemOptions,
  problemPath,
} from '../problems/problem.js';
import { inDoubt } from './idempotency/idempotency-problems.js';
import { PROBLEM_PAGES, type ProblemType, REASONS } from '../problems/problem-catalog.js';

/** An update that was not sent: it is invalid, or more than its caller may do. */
export interface NotAccepted {
  readonly outcome: 'invalid' | 'insufficient-scope' | 'out-of-bounds';
  readonly mistakes: readonly Mistake[];
}

/** What became of one item of a batch: delivered, not accepted, or known from an earlier request. */
export type ItemOutcome = Outcome | NotAccepted | { readonly outcome: 'known'; readonly known: OutcomeDto };

function toErrorDto({ code, message, type, status, part }: VendorMessage): OutcomeErrorDto {
  return { code, ...(part && { part }), message, type: problemPath(type), status };
}

/** Maps the mistakes of an item that was not sent to errors of its outcome. */
export function toErrorDtos({ outcome, mistakes }: NotAccepted): OutcomeErrorDto[] {
  const type = outcome === 'invalid' ? 'invalid-request' : outcome;
  const { status } = PROBLEM_PAGES[type];
  return mistakes.map(({ pointer = '', ...mistake }) => ({
    pointer,
    ...mistake,
    type: problemPath(type),
    status,
  }));
}

/** Maps a rejection to errors: our own reason first, where the update was not sent, then what the vendor says. */
function toRejectionDtos({ reason, errors }: Rejected): OutcomeErrorDto[] {
  const fromVendor = errors.map(toErrorDto);
  if (reason === undefined) return fromVendor;
  const { type, sentence } = REASONS[reason];
  const { status } = PROBLEM_PAGES[type];
  return [{ message: sentence, type: problemPath(type), status }, ...fromVendor];
}

function toUpdatedDto(outcome: Updated): UpdatedDto {
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
      errors: child.errors.map(toErrorDto),
      warnings: child.warnings.map(({ code, message }) => ({ code, message })),
    })),
    ...sentPart(outcome),
  };
}

/** Whether each child and all points were applied. */
function isWhole({ children, pointsCredited }: Pick<UpdatedDto, 'children' | 'pointsCredited'>): boolean {
  return children.every(({ outcome }) => outcome === 'updated') && pointsCredited !== 'unknown';
}

/** Says in a sentence why the outcome is unknown, and whether the update was sent again. */
function describeDoubt({ reason, isSafeToRepeat, applied }: Unknown): string {
  const { sentence } = REASONS[reason];
  if (isSafeToRepeat) return sentence;
  return applied
    ? `${sentence}; it credits points, so it was sent again without them, and that was applied`
    : `${sentence}; it credits points, so it was not sent again with them`;
}

/** Maps what a later attempt says, which does not prove what became of an earlier one. */
function laterPart({ errors, applied }: Unknown): Pick<UnknownDto, 'errors' | 'applied'> {
  return { ...(errors.length > 0 && { errors: errors.map(toErrorDto) }), ...(applied && { applied }) };
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

/** The first error of the vendor decides type and status; the problem lists all of them. */
function verdictProblem(errors: readonly VendorMessage[], extensions: ProblemExtensions): Problem {
  const [first] = errors;
  const type = first?.type ?? 'update-refused';
  return new Problem(type, {
    ...(first && { detail: first.message }),
    ...(first && { status: first.status }),
    ...(first && { code: first.code }),
    ...extensions,
    errors: errors.map(toErrorDto),
  });
}

function retryAfter(type: ProblemType, retryAfterMs: number): Pick<ProblemOptions, 'retryAfterMs'> {
  return PROBLEM_PAGES[type].status === 503 ? { retryAfterMs } : {};
}

function failedProblem(outcome: Failed): Problem {
  const { type, sentence } = REASONS[outcome.reason];
  return new Problem(type, {
    ...(outcome.errors[0] && { code: outcome.errors[0].code }),
    outcome: 'failed',
    retryable: true,
    reason: sentence,
    errors: outcome.errors.map(toErrorDto),
    ...retryAfter(type, outcome.retryAfterMs),
    ...sentPart(outcome),
  });
}

/** Maps the failure of a read to a problem. */
export function problemOfRead(failure: CallFailure): Problem {
  if (failure.kind === 'refused' && failure.reason === 'call-refused') {
    return verdictProblem(failure.errors, { retryable: false });
  }
  const { type, sentence } = REASONS[failure.reason];
  return new Problem(type, {
    retryable: true,
    reason: sentence,
    ...retryAfter(type, failure.kind === 'not-processed' ? failure.retryAfterMs : 0),
  });
}

/** An answer and its status: 207 where a part was not applied. */
export interface Answer<Body> {
  readonly status: 200 | 207;
  readonly body: Body;
}

/**
 * Answers a request for one update with an outcome that is known from an earlier request.
 *
 * @throws Problem where it is in doubt
 */
export function answerKnown(known: OutcomeDto): Answer<UpdatedDto> {
  if (known.outcome === 'unknown') throw inDoubt(known);
  if (known.outcome !== 'updated')
    throw new Error(`an update with the outcome ${known.outcome} can be sent again`);
  return { status: 200, body: known };
}

function answerUpdated(body: UpdatedDto): Answer<UpdatedDto> {
  return { status: isWhole(body) ? 200 : 207, body };
}

/**
 * The answer to a request for one update.
 *
 * @throws Problem unless it was updated
 */
export function answerOne(outcome: Outcome): Answer<UpdatedDto> {
  switch (outcome.outcome) {
    case 'updated':
      return answerUpdated(toUpdatedDto(outcome));
    case 'rejected': {
      const extensions = { outcome: 'rejected', retryable: false, ...sentPart(outcome) };
      if (outcome.reason === undefined) throw verdictProblem(outcome.errors, extensions);
      const { type, sentence } = REASONS[outcome.reason];
      throw new Problem(type, { ...extensions, reason: sentence, errors: outcome.errors.map(toErrorDto) });
    }
    case 'failed':
      throw failedProblem(outcome);
    case 'unknown':
      throw new Problem('outcome-unknown', {
        outcome: 'unknown',
        retryable: outcome.isSafeToRepeat,
        reason: describeDoubt(outcome),
        ...laterPart(outcome),
        ...sentPart(outcome),
      });
  }
}

/** Maps an outcome to an item of an answer. */
export function toOutcomeDto(outcome: ItemOutcome): OutcomeDto {
  switch (outcome.outcome) {
    case 'updated':
      return toUpdatedDto(outcome);
    case 'rejected':
      return { outcome: 'rejected', errors: toRejectionDtos(outcome), ...sentPart(outcome) };
    case 'failed':
      return {
        outcome: 'failed',
        reason: REASONS[outcome.reason].sentence,
        type: problemPath(REASONS[outcome.reason].type),
        retryable: true,
        errors: outcome.errors.map(toErrorDto),
        ...sentPart(outcome),
      };
    case 'unknown':
      return {
        outcome: 'unknown',
        reason: describeDoubt(outcome),
        retryable: outcome.isSafeToRepeat,
        ...laterPart(outcome),
        ...sentPart(outcome),
      };
    case 'invalid':
    case 'insufficient-scope':
    case 'out-of-bounds':
      return { outcome: 'rejected', errors: toErrorDtos(outcome), attempts: 0 };
    case 'known':
      return outcome.known;
  }
}

/** Reasons of admission control: a request is refused as a whole where they hold for each of its updates. */
const ADMISSION_REASONS: ReadonlySet<OutcomeReason> = new Set([
  'too-many-pending',
  'deadline-unreachable',
  'breaker-open',
]);

/** @returns the refusal with the longest wait, where no update was admitted */
function refusalOfAll(outcomes: readonly ItemOutcome[]): Failed | undefined {
  const sent = outcomes.filter((one) => !('mistakes' in one));
  const refused = sent.flatMap((one) =>
    one.outcome === 'failed' && one.attempts === 0 && ADMISSION_REASONS.has(one.reason) ? [one] : [],
  );
  if (refused.length < sent.length) return undefined;
  return refused.toSorted((one, other) => other.retryAfterMs - one.retryAfterMs)[0];
}

/**
 * The answer to a request for many updates, in the order sent: 200 when all were updated and wholly, else 207.
 *
 * @throws Problem such as `overloaded` where none of them was admitted
 */
export function answerMany(outcomes: readonly ItemOutcome[]): Answer<BatchAnswerDto> {
  const refused = refusalOfAll(outcomes);
  if (refused) throw failedProblem(refused);

  const dtos = outcomes.map(toOutcomeDto);
  const count = (kind: OutcomeDto['outcome']): number =>
    dtos.filter(({ outcome }) => outcome === kind).length;
  const summary = {
    total: dtos.length,
    updated: count('updated'),
    rejected: count('rejected'),
    failed: count('failed'),
    unknown: count('unknown'),
  };
  return {
    status: dtos.every((one) => one.outcome === 'updated' && isWhole(one)) ? 200 : 207,
    body: { summary, outcomes: dtos.map((outcome, index) => ({ index, ...outcome })) },
  };
}
