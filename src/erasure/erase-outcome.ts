import type { BatchAnswerDto, OutcomeDto, OutcomeErrorDto } from '../writes/dto/outcome.dto.js';
import { problemPath } from '../problems/problem.js';
import { PROBLEM_PAGES } from '../problems/problem-catalog.js';
import type { LineResult } from '../records/import-rows.repository.js';
import { type ErasedCustomer, namesCustomer } from './names-customer.js';

/** Replaces the vendor's messages, which may quote personal data. */
const MESSAGE = 'erased';

function withoutMessage({ code, type, status }: OutcomeErrorDto): OutcomeErrorDto {
  return { ...(code !== undefined && { code }), message: MESSAGE, type, status };
}

/** Removes the customer from an outcome, and keeps how it ended, codes and our own ids. */
export function eraseOutcome(dto: OutcomeDto): OutcomeDto {
  switch (dto.outcome) {
    case 'updated': {
      const { customerId: _whom, warnings, children, ...rest } = dto;
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
      return { ...dto, errors: dto.errors.map(withoutMessage) };
    case 'unknown':
      return { ...dto, ...(dto.errors && { errors: dto.errors.map(withoutMessage) }) };
  }
}

/** Removes the customer from the result of a line, and its row. */
export function eraseResult({ line, outcome, result }: LineResult): LineResult {
  const dto = JSON.parse(result) as OutcomeDto | { readonly brief: string };
  // A brief result has no words about the customer, but its line may have had a row.
  return { line, outcome, result: 'brief' in dto ? result : JSON.stringify(eraseOutcome(dto)) };
}

/**
 * Creates the result of an erased line without one. A line that was never sent is `rejected`: `failed` would invite a
 * retry, which is impossible now. A line that a killed process may have sent is `unknown`.
 */
export function settleLine(line: number, wasTaken: boolean): LineResult {
  const type = 'customer-erased';
  const { status, title: message } = PROBLEM_PAGES[type];
  const outcome: OutcomeDto = wasTaken
    ? {
        outcome: 'unknown',
        reason: 'the process that had it ended, and what was stored of the customer was erased',
        retryable: false,
        attempts: 0,
      }
    : { outcome: 'rejected', errors: [{ message, type: problemPath(type), status }], attempts: 0 };
  return { line, outcome: outcome.outcome, result: JSON.stringify(outcome) };
}

/** A stored body: one outcome, the outcomes of a batch, or a resolved credit with its outcome. */
type KeptBody =
  | OutcomeDto
  | BatchAnswerDto
  | { readonly credit: { readonly identifiers?: unknown }; readonly outcome?: OutcomeDto };

/**
 * Removes one customer from a stored answer, and keeps its outcomes of other customers.
 *
 * @param json the body
 * @returns undefined if it does not name the customer
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
