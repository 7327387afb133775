import { describe, expect, it } from 'vitest';
import type { NotAdmitted } from '../../writes/to-outcome-dto.js';
import { ToldMistakes, readStored } from './stored-mistakes.js';

const INVALID: NotAdmitted = {
  outcome: 'invalid',
  mistakes: [{ pointer: '/firstName', message: 'is wrong' }],
};
const OUTSIDE: NotAdmitted = { ...INVALID, outcome: 'outside' };
const read = (stored: string): unknown => JSON.parse(readStored(stored));

describe(ToldMistakes.name, () => {
  it('keeps the mistakes of the first 1,000 lines', () => {
    const told = new ToldMistakes();
    const stored = Array.from({ length: 1001 }, (_, index) => told.resultOf(index + 1, INVALID));
    const errors = [
      { pointer: '/firstName', message: 'is wrong', type: '/problems/invalid-request', status: 400 },
    ];
    expect(stored.slice(0, 1000).map(read)).toEqual(
      Array.from({ length: 1000 }, () => ({ outcome: 'rejected', errors, attempts: 0 })),
    );
    expect(stored.at(-1)).not.toContain('firstName');
  });

  it('keeps no more than 2,000,000 characters of mistakes', () => {
    const told = new ToldMistakes();
    const message = 'x'.repeat(600_000);
    const lengths = [1, 2, 3, 4].map(
      (line) => told.resultOf(line, { outcome: 'invalid', mistakes: [{ message }] }).length,
    );
    expect(lengths.map((length) => length > 600_000)).toEqual([true, true, true, false]);
    expect(told.resultOf(5, INVALID)).toContain('firstName');
  });

  it('stores little of the others, and still tells the outcome of each and in a sentence why', () => {
    const told = new ToldMistakes();
    for (let line = 1; line <= 1000; line += 1) told.resultOf(line, INVALID);
    const invalid = told.resultOf(1001, INVALID);
    const outside = told.resultOf(1002, OUTSIDE);
    expect(invalid.length).toBeLessThan(20);
    expect(outside.length).toBeLessThan(20);
    expect(read(invalid)).toEqual({
      outcome: 'rejected',
      errors: [
        {
          pointer: '',
          message: 'is not valid, and was not sent; the mistakes of at most 1000 lines are kept',
          type: '/problems/invalid-request',
          status: 400,
        },
      ],
      attempts: 0,
    });
    expect(read(outside)).toMatchObject({
      errors: [
        { message: expect.stringContaining('key or token'), type: '/problems/out-of-bounds', status: 403 },
      ],
    });
  });
});
