import { describe, expect, it } from 'vitest';
import type { NotAccepted } from '../../writes/to-outcome-dto.js';
import { StoredMistakes, readStoredResult } from './stored-mistakes.js';

const INVALID: NotAccepted = {
  outcome: 'invalid',
  mistakes: [{ pointer: '/firstName', code: 'format', message: 'is wrong' }],
};
const OUTSIDE: NotAccepted = { ...INVALID, outcome: 'out-of-bounds' };
const read = (stored: string): unknown => JSON.parse(readStoredResult(stored));

describe(StoredMistakes.name, () => {
  it('stores the mistakes of the first 1,000 lines', () => {
    const mistakes = new StoredMistakes();
    const stored = Array.from({ length: 1001 }, (_, index) => mistakes.resultOf(index + 1, INVALID));
    const errors = [
      {
        pointer: '/firstName',
        code: 'format',
        message: 'is wrong',
        type: '/problems/invalid-request',
        status: 400,
      },
    ];
    expect(stored.slice(0, 1000).map(read)).toEqual(
      Array.from({ length: 1000 }, () => ({ outcome: 'rejected', errors, attempts: 0 })),
    );
    expect(stored.at(-1)).not.toContain('firstName');
  });

  it('stores at most 2,000,000 characters of mistakes', () => {
    const mistakes = new StoredMistakes();
    const message = 'x'.repeat(600_000);
    const lengths = [1, 2, 3, 4].map(
      (line) =>
        mistakes.resultOf(line, { outcome: 'invalid', mistakes: [{ code: 'format', message }] }).length,
    );
    expect(lengths.map((length) => length > 600_000)).toEqual([true, true, true, false]);
    expect(mistakes.resultOf(5, INVALID)).toContain('firstName');
  });

  it('stores only the outcome of other lines, and still returns a result for each', () => {
    const mistakes = new StoredMistakes();
    for (let line = 1; line <= 1000; line += 1) mistakes.resultOf(line, INVALID);
    const invalid = mistakes.resultOf(1001, INVALID);
    const outside = mistakes.resultOf(1002, OUTSIDE);
    expect(invalid.length).toBeLessThan(30);
    expect(outside.length).toBeLessThan(30);
    expect(read(invalid)).toEqual({
      outcome: 'rejected',
      errors: [
        {
          pointer: '',
          code: 'brief',
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
