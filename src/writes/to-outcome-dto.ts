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
import { inDoubt } from './idempotency/idempotency-problems.js';
import { PROBLEM_PAGES, type ProblemType, REASONS } from '../problems/problem-catalog.js';

/** An update that was not sent: it is invalid, or out of the caller's bounds. */
export interface NotAccepted {
  readonly outcome: 'invalid' | 'out-of-bounds';
  readonly mistakes: readonly Mistake[];
}

/** What became of one item of a batch: delivered, not accepted, or known from an earlier request. */
export type ItemOutcome = Outcome | NotAccepted | { readonly outcome: 'known'; readonly known: OutcomeDto };

function toErrorDto({ code, message, type, status }: VendorMessage): OutcomeErrorDto {
  return { code, message, type: problemPath(type), status };
}

/** Maps the mistakes of an item that was not sent to errors of its outcome. */
export function toErrorDtos({ outcome, mistakes }: NotAccepted): OutcomeErrorDto[] {
  const type = outcome === 'invalid' ? 'invalid-request' : 'out-of-bounds';
  const { status } = PROBLEM_PAGES[type];
  return mistakes.map(({ pointer = '', message }) => ({ pointer, message, type: problemPath(type), status }));
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
function verdictProblem(errors: readonly VendorMessage[], extensions: ProblemExtensions): ProblemException {
  const [first] = errors;
  const type = first?.type ?? 'update-refused';
  return new ProblemException(
    type,
    first?.message ?? PROBLEM_PAGES[type].explanation,
    {
      ...(first && { code: first.code }),
      ...extensions,
      errors: errors.map(toErrorDto),
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
      errors: outcome.errors.map(toErrorDto),
      ...sentPart(outcome),
    },
    retryAfterHeader(type, outcome.retryAfterMs),
  );
}

/** Maps the failure of a read to a problem. */
export function problemOfRead(failure: CallFailure): ProblemException {
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

/** An answer and its status: 207 where a part was not applied. */
export interface Answer<Body> {
  readonly status: 200 | 207;
  readonly body: Body;
}

/**
 * The answer to a request for one update whose outcome is known from before.
 *
 * @throws ProblemException where it is in doubt
 */
export function answerKnown(known: OutcomeDto): Answer<UpdatedDto> {
  if (known.outcome === 'unknown') throw inDoubt(known);
  return { status: 200, body: known as UpdatedDto };
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
      return answerUpdated(toUpdatedDto(outcome));
    case 'rejected': {
      const extensions = { outcome: 'rejected', retryable: false, ...sentPart(outcome) };
      if (outcome.reason === undefined) throw verdictProblem(outcome.errors, extensions);
      const { type, sentence } = REASONS[outcome.reason];
      throw new ProblemException(type, PROBLEM_PAGES[type].explanation, {
        ...extensions,
        reason: sentence,
        errors: outcome.errors.map(toErrorDto),
      });
    }
    case 'failed':
      throw failedProblem(outcome);
    case 'unknown':
      throw new ProblemException('outcome-unknown', PROBLEM_PAGES['outcome-unknown'].explanation, {
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
  const sent = outcomes.filter(({ outcome }) => outcome !== 'invalid' && outcome !== 'out-of-bounds');
  const refused = sent.flatMap((one) =>
    one.outcome === 'failed' && one.attempts === 0 && ADMISSION_REASONS.has(one.reason) ? [one] : [],
  );
  if (refused.length < sent.length) return undefined;
  return refused.toSorted((one, other) => other.retryAfterMs - one.retryAfterMs)[0];
}

/**
 * The answer to a request for many updates, in the order sent: 200 when all were updated and wholly, else 207.
 *
 * @throws ProblemException such as `overloaded` where none of them was admitted
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
