import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identifier } from '../upstream/call-result.js';
import { customerKey } from './customer-key.js';
import { matchResults } from './match-results.js';

const mobile = (value: string): Identifier => ({ type: 'mobile', value });
const keys = (...values: string[]) => values.map((value) => customerKey(mobile(value)));
const result = (...values: string[]) => ({
  identifiers: values.map(mobile),
  verdict: 'updated' as 'updated' | 'rejected',
});

const A = '911111111';
const B = '912222222';
const C = '913333333';

describe(matchResults.name, () => {
  it('gives each update the result that names its customer, in whatever order', () => {
    const [a, b, c] = [result(A), result(B), result(C)];
    expect(matchResults([keys(A), keys(B), keys(C)], [c, a, b])).toEqual([a, b, c]);
  });

  it('knows an identifier however it is spelt', () => {
    const told = {
      identifiers: [
        { type: 'email', value: 'Asha@Example.com' },
        { type: 'card', value: 'x1' },
      ],
      verdict: 'updated' as const,
    };
    const customer = [{ type: 'cardnumber', value: 'x1' }].map(customerKey);
    expect(matchResults([customer, keys(B)], [told])).toEqual([told, undefined]);
    expect(matchResults([[customerKey({ type: 'email', value: 'asha@example.com' })]], [told])).toEqual([
      told,
    ]);
  });

  it('leaves an update without a result where the answer is short', () => {
    expect(matchResults([keys(A), keys(B)], [result(B)])).toEqual([undefined, result(B)]);
  });

  it('passes over strangers', () => {
    expect(matchResults([keys(A)], [result(C), result(A)])).toEqual([result(A)]);
    expect(matchResults([keys(A)], [result(C)])).toEqual([undefined]);
  });

  it('goes by the order where a result names nobody and nothing contradicts it', () => {
    expect(matchResults([keys(A), keys(B)], [result(A), result()])).toEqual([result(A), result()]);
    expect(matchResults([keys(A), keys(B)], [result(), result()])).toEqual([result(), result()]);
  });

  it('does not go by the order where the counts differ or somebody stands in another place', () => {
    expect(matchResults([keys(A), keys(B)], [result()])).toEqual([undefined, undefined]);
    expect(matchResults([keys(A), keys(B), keys(C)], [result(B), result(), result(C)])).toEqual([
      undefined,
      result(B),
      result(C),
    ]);
    expect(matchResults([keys(A), keys(B)], [result('919999999'), result()])).toEqual([undefined, undefined]);
  });

  it('takes a masked identifier for no proof and no contradiction', () => {
    const masked = result('91****111');
    expect(matchResults([keys(A), keys(B)], [masked, result(B)])).toEqual([masked, result(B)]);
    expect(matchResults([keys(A), keys(B)], [result(B), masked])).toEqual([undefined, result(B)]);
  });

  it('takes several results for one update only where they say the same', () => {
    const rejected = { ...result(A), verdict: 'rejected' as const };
    expect(matchResults([keys(A), keys(B)], [result(A), result(A)])).toEqual([result(A), undefined]);
    expect(matchResults([keys(A), keys(B)], [result(A), rejected])).toEqual([undefined, undefined]);
  });

  it('believes no result that names two customers of the call', () => {
    expect(matchResults([keys(A), keys(B)], [result(A, B), result(B)])).toEqual([undefined, result(B)]);
  });

  it("never gives an update another's result, whatever is shuffled, dropped or put in", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 910_000_000, max: 919_999_999 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.integer({ min: 920_000_000, max: 929_999_999 }), { maxLength: 3 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 1_000_000 })),
        fc.infiniteStream(fc.boolean()),
        (own, foreign, dice, drops) => {
          const truthful = own.filter(() => !drops.next().value).map((value) => result(String(value)));
          const answer = [...truthful, ...foreign.map((value) => result(String(value)))]
            .map((told) => ({ told, place: dice.next().value as number }))
            .toSorted((one, other) => one.place - other.place)
            .map(({ told }) => told);
          const matched = matchResults(
            own.map((value) => keys(String(value))),
            answer,
          );
          own.forEach((value, position) => {
            const expected = truthful.find(({ identifiers }) => identifiers[0]?.value === String(value));
            expect(matched[position]).toEqual(expected);
          });
        },
      ),
      { numRuns: 1000 },
    );
  });
});
