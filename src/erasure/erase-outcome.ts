import type { BatchAnswerDto, OutcomeDto, OutcomeErrorDto } from '../writes/dto/outcome.dto.js';
import { problemPath } from '../problems/problem.js';
import { PROBLEM_PAGES } from '../problems/problem-catalog.js';
import type { LineResult } from '../records/import-rows.repository.js';
import { type ErasedCustomer, namesCustomer } from './names-customer.js';

/** What stands where the vendor's words stood, which may tell of somebody. */
const MESSAGE = 'erased';

function withoutMessage({ code, type, status }: OutcomeErrorDto): OutcomeErrorDto {
  return { ...(code !== undefined && { code }), message: MESSAGE, type, status };
}

/** An outcome without anything that tells of its customer: how it ended, codes and ids of ours stay. */
export function eraseOutcome(told: OutcomeDto): OutcomeDto {
  switch (told.outcome) {
    case 'updated': {
      const { customerId: _whom, warnings, children, ...rest } = told;
      return {
        ...rest,
        identifiers: [],
        warnings: warnings.map(({ code }) => ({ code, message: MESSAGE })),
        children: children.map(({ index, outcome, errors, warnings: warned }) => ({
          index,
          outcome,
          identifiers: [],
          errors: errors.map(withoutMessage),
          warnings: warned.map(({ code }) => ({ code, message: MESSAGE })),
        })),
      };
    }
    case 'rejected':
    case 'failed':
      return { ...told, errors: told.errors.map(withoutMessage) };
    case 'unknown':
      return { ...told, ...(told.errors && { errors: told.errors.map(withoutMessage) }) };
  }
}

/** The result of a line without anything that tells of its customer. */
export function eraseResult({ line, outcome, result }: LineResult): LineResult {
  return { line, outcome, result: JSON.stringify(eraseOutcome(JSON.parse(result) as OutcomeDto)) };
}

/**
 * What is told of a line that has no result yet. One that never left is refused for good: as `failed` it would ask to be
 * tried again, which nobody can. One that a killed process may have sent is not known.
 */
export function settleLine(line: number, wasTaken: boolean): LineResult {
  const type = 'customer-erased';
  const { status, title: message } = PROBLEM_PAGES[type];
  const told: OutcomeDto = wasTaken
    ? {
        outcome: 'unknown',
        reason: 'the process that had it ended, and what was stored of the customer was erased',
        retryable: false,
        attempts: 0,
      }
    : { outcome: 'rejected', errors: [{ message, type: problemPath(type), status }], attempts: 0 };
  return { line, outcome: told.outcome, result: JSON.stringify(told) };
}

/** Bodies that are kept: one outcome, those of a batch, or a credit that was resolved with what became of it then. */
type KeptBody =
  | OutcomeDto
  | BatchAnswerDto
  | { readonly credit: { readonly identifiers?: unknown }; readonly outcome?: OutcomeDto };

/**
 * A kept answer without anything that tells of the customer; what it tells of others stays.
 *
 * @param json the body
 * @returns undefined where it does not tell of the customer
 */
export function eraseAnswer(json: string, customer: ErasedCustomer): string | undefined {
  const body = JSON.parse(json) as KeptBody;
  if (!namesCustomer(body, customer)) return undefined;
  return JSON.stringify(eraseBody(body, customer));
}

function eraseBody(body: KeptBody, customer: ErasedCustomer): KeptBody {
  if ('outcomes' in body) {
    const outcomes = body.outcomes.map((one) => (namesCustomer(one, customer) ? eraseOutcome(one) : one));
    return { ...body, outcomes };
  }
  if ('credit' in body) {
    const { identifiers: _whom, ...credit } = body.credit;
    return { credit, ...(body.outcome && { outcome: eraseOutcome(body.outcome) }) };
  }
  return eraseOutcome(body);
}
