import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identifier, ItemVerdict } from '../../upstream/call-result.js';
import { type CustomerKey, customerKey } from '../customer-key.js';
import { matchResults } from './match-results.js';

interface Result {
  readonly name: string;
  readonly identifiers: readonly Identifier[];
  readonly verdict: ItemVerdict;
}

const mobile = (value: string): Identifier => ({ type: 'mobile', value });
const email = (value: string): Identifier => ({ type: 'email', value });
const keys = (...identifiers: Identifier[]): CustomerKey[] => identifiers.map(customerKey);

function aResult(name: string, identifiers: readonly Identifier[], verdict: ItemVerdict = 'updated'): Result {
  return { name, identifiers, verdict };
}

function match(customers: readonly (readonly CustomerKey[])[], results: readonly Result[]) {
  return matchResults(customers, results).map((result) => result?.name);
}

const ASHA = mobile('919900000001');
const BALA = mobile('919900000002');
const CHITRA = mobile('919900000003');
const STRANGER = mobile('919900000099');
const MASKED = mobile('9199******01');
const THREE = [keys(ASHA, email('asha@example.com')), keys(BALA), keys(CHITRA)];

function identifier(owner: number): Identifier {
  return mobile(`9199${owner}`);
}

describe(matchResults.name, () => {
  it.each<[string, Result[], (string | undefined)[]]>([
    ['in order', [aResult('a', [ASHA]), aResult('b', [BALA]), aResult('c', [CHITRA])], ['a', 'b', 'c']],
    ['shuffled', [aResult('c', [CHITRA]), aResult('a', [ASHA]), aResult('b', [BALA])], ['a', 'b', 'c']],
    ['too few', [aResult('b', [BALA]), aResult('c', [CHITRA])], [undefined, 'b', 'c']],
    ['none at all', [], [undefined, undefined, undefined]],
    [
      'too many',
      [aResult('a', [ASHA]), aResult('x', [STRANGER]), aResult('b', [BALA]), aResult('c', [CHITRA])],
      ['a', 'b', 'c'],
    ],
    [
      'a stranger in a position',
      [aResult('a', [ASHA]), aResult('x', [STRANGER]), aResult('c', [CHITRA])],
      ['a', undefined, 'c'],
    ],
    [
      'strangers only',
      [aResult('x', [STRANGER]), aResult('y', [STRANGER]), aResult('z', [STRANGER])],
      [undefined, undefined, undefined],
    ],
    [
      'masked only, in agreeing order',
      [aResult('a', [MASKED]), aResult('b', [BALA]), aResult('c', [CHITRA])],
      ['a', 'b', 'c'],
    ],
    [
      'masked beside another that is plain',
      [aResult('c', [CHITRA]), aResult('b', [BALA]), aResult('a', [MASKED, email('ASHA@example.com ')])],
      ['a', 'b', 'c'],
    ],
    [
      'nameless, in agreeing order',
      [aResult('a', [ASHA]), aResult('b', []), aResult('c', [CHITRA])],
      ['a', 'b', 'c'],
    ],
    ['all nameless', [aResult('a', []), aResult('b', []), aResult('c', [])], ['a', 'b', 'c']],
    ['nameless and too few', [aResult('a', [ASHA]), aResult('b', [])], ['a', undefined, undefined]],
    [
      'nameless and too many',
      [aResult('a', []), aResult('b', []), aResult('c', []), aResult('d', [])],
      [undefined, undefined, undefined],
    ],
    [
      'nameless when others are in another position',
      [aResult('b', [BALA]), aResult('a', [ASHA]), aResult('?', [])],
      ['a', 'b', undefined],
    ],
    [
      'nameless beside a stranger',
      [aResult('a', [ASHA]), aResult('x', [STRANGER]), aResult('?', [])],
      ['a', undefined, undefined],
    ],
    [
      'generated identifiers beside its own',
      [
        aResult('b', [{ type: 'cardnumber', value: 'G-77' }, BALA]),
        aResult('a', [ASHA]),
        aResult('c', [CHITRA]),
      ],
      ['a', 'b', 'c'],
    ],
    [
      'two that agree on one customer',
      [aResult('a', [ASHA]), aResult('a again', [email('asha@example.com')]), aResult('c', [CHITRA])],
      ['a', undefined, 'c'],
    ],
    [
      'two that disagree on one customer',
      [aResult('a', [ASHA]), aResult('not a', [ASHA], 'rejected'), aResult('c', [CHITRA])],
      [undefined, undefined, 'c'],
    ],
    [
      'one that names two customers',
      [aResult('a+b', [ASHA, BALA]), aResult('?', []), aResult('c', [CHITRA])],
      [undefined, undefined, 'c'],
    ],
  ])('matches only what is proved: %s', (_, results, expected) => {
    expect(match(THREE, results)).toEqual(expected);
  });

  it.each<[string, Identifier, Identifier]>([
    ['a mobile with signs in it', mobile('919900000001'), mobile('+91 99000-00001')],
    ['an address in capitals', email('asha@example.com'), email('Asha@Example.COM')],
    ['a card called cardnumber', { type: 'card', value: 'C1' }, { type: 'cardnumber', value: ' C1 ' }],
  ])('knows %s', (_, sent, answered) => {
    expect(match([keys(BALA), keys(sent)], [aResult('own', [answered])])).toEqual([undefined, 'own']);
  });

  it('takes an asterisk for the caller’s own when it comes back in its position, and for a mask elsewhere', () => {
    const starred: Identifier = { type: 'tmall_uname', value: 't*1' };
    const generated: Identifier = { type: 'cardnumber', value: 'G-77' };
    const own = aResult('own', [generated, starred]);
    expect(match([keys(starred)], [own])).toEqual(['own']);
    expect(match([keys(ASHA), keys(starred)], [aResult('a', [ASHA]), own])).toEqual(['a', 'own']);
    expect(match([keys(ASHA), keys(starred)], [own, aResult('a', [ASHA])])).toEqual(['a', undefined]);
    expect(match([keys(ASHA), keys(starred)], [own])).toEqual([undefined, undefined]);
    expect(match([keys(starred)], [aResult('x', [generated, { ...starred, value: 't*2' }])])).toEqual([
      undefined,
    ]);
  });

  it('distinguishes external ids by case', () => {
    const sent = [keys(BALA), keys({ type: 'externalId', value: 'ab' })];
    expect(match(sent, [aResult('other', [{ type: 'externalId', value: 'AB' }])])).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('matches each update with its own result or none, however results are permuted, dropped, masked or foreign', () => {
    const batch = fc.integer({ min: 1, max: 12 }).chain((size) =>
      fc.record({
        size: fc.constant(size),
        emails: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
        order: fc.shuffledSubarray(
          Array.from({ length: size }, (_, owner) => owner),
          { minLength: 0, maxLength: size },
        ),
        masked: fc.boolean(),
        foreign: fc.array(fc.nat({ max: size }), { maxLength: 3 }),
      }),
    );
    fc.assert(
      fc.property(batch, ({ size, emails, order, masked, foreign }) => {
        const identifiersOf = (owner: number): Identifier[] => [
          mobile(`9199${owner}`),
          ...(emails[owner] ? [email(`c${owner}@example.com`)] : []),
        ];
        const results = order.map((owner) =>
          aResult(String(owner), [...identifiersOf(owner).toReversed(), ...(masked ? [MASKED] : [])]),
        );
        foreign.forEach((place, index) =>
          results.splice(place, 0, aResult('foreign', [mobile(`8000${index}`)])),
        );
        const customers = Array.from({ length: size }, (_, owner) => keys(...identifiersOf(owner)));

        const expected = customers.map((_, owner) => (order.includes(owner) ? String(owner) : undefined));
        expect(match(customers, results)).toEqual(expected);
      }),
    );
  });

  it('never matches a nameless result with an update of another position', () => {
    const batch = fc.array(fc.record({ isNameless: fc.boolean(), isDropped: fc.boolean() }), {
      maxLength: 10,
    });
    fc.assert(
      fc.property(batch, (elements) => {
        const results = elements.flatMap(({ isNameless, isDropped }, owner) =>
          isDropped ? [] : [aResult(String(owner), isNameless ? [] : [identifier(owner)])],
        );
        const customers = elements.map((_, owner) => keys(identifier(owner)));
        match(customers, results).forEach((name, owner) => {
          expect([String(owner), undefined]).toContain(name);
        });
      }),
    );
  });
});
