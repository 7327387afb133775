import { describe, expect, it } from 'vitest';
import { customerKey } from '../delivery/customer-key.js';
import type { OutcomeDto } from '../writes/dto/outcome.dto.js';
import { eraseAnswer, eraseOutcome } from './erase-outcome.js';

const ASHA = { type: 'mobile', value: '919900000001' };
const BEN = { type: 'mobile', value: '919900000002' };
const customer = new Set([customerKey(ASHA)]);
const ERROR = { code: 8015, message: 'No customer Asha', type: '/problems/customer-not-found', status: 404 };
const ERASED_ERROR = { ...ERROR, message: 'erased' };

describe(eraseOutcome.name, () => {
  it.each<[OutcomeDto, object]>([
    [
      { outcome: 'rejected', errors: [ERROR], attempts: 1 },
      { outcome: 'rejected', errors: [ERASED_ERROR], attempts: 1 },
    ],
    [
      { outcome: 'failed', reason: 'r', type: '/problems/x', retryable: true, errors: [ERROR], attempts: 2 },
      {
        outcome: 'failed',
        reason: 'r',
        type: '/problems/x',
        retryable: true,
        errors: [ERASED_ERROR],
        attempts: 2,
      },
    ],
    [
      { outcome: 'unknown', reason: 'r', retryable: false, errors: [ERROR], creditId: 'c', attempts: 1 },
      {
        outcome: 'unknown',
        reason: 'r',
        retryable: false,
        errors: [ERASED_ERROR],
        creditId: 'c',
        attempts: 1,
      },
    ],
    [
      {
        outcome: 'updated',
        customerId: 7,
        identifiers: [ASHA],
        warnings: [],
        children: [
          { index: 0, outcome: 'updated', customerId: 8, identifiers: [ASHA], errors: [ERROR], warnings: [] },
        ],
        attempts: 1,
      },
      {
        outcome: 'updated',
        identifiers: [],
        warnings: [],
        children: [{ index: 0, outcome: 'updated', identifiers: [], errors: [ERASED_ERROR], warnings: [] }],
        attempts: 1,
      },
    ],
  ])('keeps how an update ended, and nothing of its customer: %#', (outcome, erased) => {
    expect(eraseOutcome(outcome)).toEqual(erased);
  });
});

const updated = (identifiers: readonly object[], index: number) => ({
  outcome: 'updated',
  index,
  identifiers,
  warnings: [],
  children: [],
  attempts: 1,
});

/** Erases the customer from a stored body. */
const erasedBody = (body: object): unknown =>
  JSON.parse(eraseAnswer(JSON.stringify(body), customer) ?? 'null');

describe(eraseAnswer.name, () => {
  it('erases one outcome', () => {
    expect(erasedBody({ ...updated([ASHA], 0), customerId: 7 })).toEqual(updated([], 0));
  });

  it('erases the outcomes of the customer from a batch, and leaves those of others', () => {
    const summary = { total: 2, updated: 2 };
    const others = { ...updated([BEN], 1), customerId: 8 };
    expect(erasedBody({ summary, outcomes: [{ ...updated([ASHA], 0), customerId: 7 }, others] })).toEqual({
      summary,
      outcomes: [updated([], 0), others],
    });
  });

  it('erases the customer of a resolved credit, and of its outcome', () => {
    const credit = { id: 'c', state: 'resolved', points: 75 };
    const outcome = { ...updated([ASHA], 0), customerId: 7 };
    expect(erasedBody({ credit: { ...credit, identifiers: [ASHA] }, outcome })).toEqual({
      credit,
      outcome: updated([], 0),
    });
    expect(erasedBody({ credit: { ...credit, identifiers: [ASHA] } })).toEqual({ credit });
  });

  it('returns undefined for an answer that does not name the customer', () => {
    expect(eraseAnswer('{"outcomes":[]}', customer)).toBeUndefined();
  });
});
