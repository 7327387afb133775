import { describe, expect, it } from 'vitest';
import { Problem } from '../../problems/problem.js';
import { CREDITED, creditInDoubt } from '../credits/credit-outcomes.js';
import type { OutcomeDto, UnknownDto } from '../dto/outcome.dto.js';
import { answerMany } from '../to-outcome-dto.js';
import { INTERRUPTED, inDoubt } from './idempotency-problems.js';
import { reviseAnswer } from './late-answer.js';
import { answerOf, answerOfProblem } from './stored-answer.js';
import type { StoredAnswer } from '../../records/idempotency-record.js';

const DOUBT: UnknownDto = { ...creditInDoubt(INTERRUPTED), creditId: 'key:a' };
const OTHER_DOUBT = creditInDoubt('the connection was lost');
const REJECTED: OutcomeDto = { outcome: 'rejected', errors: [], attempts: 1 };
const SINGLE_DOUBT = answerOfProblem(inDoubt(DOUBT), 'request-2');
const REJECTION = answerOfProblem(new Problem('update-refused', { outcome: 'rejected' }), 'request-1');

function batch(...outcomes: OutcomeDto[]): StoredAnswer {
  const { status, body } = answerMany(outcomes.map((known) => ({ outcome: 'known', known })));
  return answerOf(status, body);
}

describe(reviseAnswer, () => {
  it.each([
    ['an update', answerOf(200, CREDITED)],
    ['a rejection', REJECTION],
  ])('puts %s in the place of a doubt that another process stored', (_what, late) => {
    expect(reviseAnswer(SINGLE_DOUBT, late)).toBe(late);
  });

  it.each([
    ['a certain answer', answerOf(200, CREDITED), REJECTION],
    ['a doubt of another kind', answerOfProblem(inDoubt(OTHER_DOUBT), 'request-2'), answerOf(200, CREDITED)],
    ['a doubt, where the late answer is one too', SINGLE_DOUBT, SINGLE_DOUBT],
    ['a batch without such a doubt', batch(CREDITED, OTHER_DOUBT), batch(REJECTED, CREDITED)],
  ])('leaves %s', (_what, stored, late) => {
    expect(reviseAnswer(stored, late)).toBeUndefined();
  });

  it('corrects only the items of a batch that were in doubt, and their counts', () => {
    const late = batch(CREDITED, REJECTED, OTHER_DOUBT);
    const revised = reviseAnswer(batch(DOUBT, CREDITED, DOUBT), late);
    expect(revised).toEqual(batch(CREDITED, CREDITED, DOUBT));
    expect(reviseAnswer(batch(DOUBT, CREDITED), batch(CREDITED, CREDITED))?.status).toBe(200);
  });
});
