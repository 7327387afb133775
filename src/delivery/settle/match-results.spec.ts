import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identifier, ItemVerdict } from '../../upstream/call-result.js';
import { type CustomerKey, customerKey } from '../customer-key.js';
import { matchResults } from './match-results.js';

interface Told {
  readonly name: string;
  readonly identifiers: readonly Identifier[];
  readonly verdict: ItemVerdict;
}

const mobile = (value: string): Identifier => ({ type: 'mobile', value });
const email = (value: string): Identifier => ({ type: 'email', value });
const keys = (...identifiers: Identifier[]): CustomerKey[] => identifiers.map(customerKey);

function told(name: string, identifiers: readonly Identifier[], verdict: ItemVerdict = 'updated'): Told {
  return { name, identifiers, verdict };
}

function match(customers: readonly (readonly CustomerKey[])[], results: readonly Told[]) {
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
  it.each<[string, Told[], (string | undefined)[]]>([
    ['in order', [told('a', [ASHA]), told('b', [BALA]), told('c', [CHITRA])], ['a', 'b', 'c']],
    ['shuffled', [told('c', [CHITRA]), told('a', [ASHA]), told('b', [BALA])], ['a', 'b', 'c']],
    ['too few', [told('b', [BALA]), told('c', [CHITRA])], [undefined, 'b', 'c']],
    ['none at all', [], [undefined, undefined, undefined]],
    [
      'too many',
      [told('a', [ASHA]), told('x', [STRANGER]), told('b', [BALA]), told('c', [CHITRA])],
      ['a', 'b', 'c'],
    ],
    [
      'a stranger in a place',
      [told('a', [ASHA]), told('x', [STRANGER]), told('c', [CHITRA])],
      ['a', undefined, 'c'],
    ],
    [
      'strangers only',
      [told('x', [STRANGER]), told('y', [STRANGER]), told('z', [STRANGER])],
      [undefined, undefined, undefined],
    ],
    [
      'masked only, in agreeing order',
      [told('a', [MASKED]), told('b', [BALA]), told('c', [CHITRA])],
      ['a', 'b', 'c'],
    ],
    [
      'masked beside another that is plain',
      [told('c', [CHITRA]), told('b', [BALA]), told('a', [MASKED, email('ASHA@example.com ')])],
      ['a', 'b', 'c'],
    ],
    ['nameless, in agreeing order', [told('a', [ASHA]), told('b', []), told('c', [CHITRA])], ['a', 'b', 'c']],
    ['all nameless', [told('a', []), told('b', []), told('c', [])], ['a', 'b', 'c']],
    ['nameless and too few', [told('a', [ASHA]), told('b', [])], ['a', undefined, undefined]],
    [
      'nameless and too many',
      [told('a', []), told('b', []), told('c', []), told('d', [])],
      [undefined, undefined, undefined],
    ],
    [
      'nameless where others stand in another place',
      [told('b', [BALA]), told('a', [ASHA]), told('?', [])],
      ['a', 'b', undefined],
    ],
    [
      'nameless beside a stranger',
      [told('a', [ASHA]), told('x', [STRANGER]), told('?', [])],
      ['a', undefined, undefined],
    ],
    [
      'generated identifiers beside its own',
      [told('b', [{ type: 'cardnumber', value: 'G-77' }, BALA]), told('a', [ASHA]), told('c', [CHITRA])],
      ['a', 'b', 'c'],
    ],
    [
      'two that agree on one customer',
      [told('a', [ASHA]), told('a again', [email('asha@example.com')]), told('c', [CHITRA])],
      ['a', undefined, 'c'],
    ],
    [
      'two that disagree on one customer',
      [told('a', [ASHA]), told('not a', [ASHA], 'rejected'), told('c', [CHITRA])],
      [undefined, undefined, 'c'],
    ],
    [
      'one that names two customers',
      [told('a+b', [ASHA, BALA]), told('?', []), told('c', [CHITRA])],
      [undefined, undefined, 'c'],
    ],
  ])('gives only what is proved: %s', (_, results, expected) => {
    expect(match(THREE, results)).toEqual(expected);
  });

  it.each<[string, Identifier, Identifier]>([
    ['a mobile with signs in it', mobile('919900000001'), mobile('+91 99000-00001')],
    ['an address in capitals', email('asha@example.com'), email('Asha@Example.COM')],
    ['a card called cardnumber', { type: 'card', value: 'C1' }, { type: 'cardnumber', value: ' C1 ' }],
  ])('knows %s', (_, sent, answered) => {
    expect(match([keys(BALA), keys(sent)], [told('own', [answered])])).toEqual([undefined, 'own']);
  });

  it('takes an asterisk for the caller’s own where it comes back in its place, and for a mask elsewhere', () => {
    const starred: Identifier = { type: 'tmall_uname', value: 't*1' };
    const generated: Identifier = { type: 'cardnumber', value: 'G-77' };
    const own = told('own', [generated, starred]);
    expect(match([keys(starred)], [own])).toEqual(['own']);
    expect(match([keys(ASHA), keys(starred)], [told('a', [ASHA]), own])).toEqual(['a', 'own']);
    expect(match([keys(ASHA), keys(starred)], [own, told('a', [ASHA])])).toEqual(['a', undefined]);
    expect(match([keys(ASHA), keys(starred)], [own])).toEqual([undefined, undefined]);
    expect(match([keys(starred)], [told('x', [generated, { ...starred, value: 't*2' }])])).toEqual([
      undefined,
    ]);
  });

  it('tells an external id from another case of it', () => {
    const sent = [keys(BALA), keys({ type: 'externalId', value: 'ab' })];
    expect(match(sent, [told('other', [{ type: 'externalId', value: 'AB' }])])).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('gives each its own or nothing, whatever is permuted, dropped, masked or foreign', () => {
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
          told(String(owner), [...identifiersOf(owner).toReversed(), ...(masked ? [MASKED] : [])]),
        );
        foreign.forEach((place, index) =>
          results.splice(place, 0, told('foreign', [mobile(`8000${index}`)])),
        );
        const customers = Array.from({ length: size }, (_, owner) => keys(...identifiersOf(owner)));

        const expected = customers.map((_, owner) => (order.includes(owner) ? String(owner) : undefined));
        expect(match(customers, results)).toEqual(expected);
      }),
    );
  });

  it('never gives a nameless result to another than the one in its place', () => {
    const batch = fc.array(fc.record({ isNameless: fc.boolean(), isDropped: fc.boolean() }), {
      maxLength: 10,
    });
    fc.assert(
      fc.property(batch, (elements) => {
        const results = elements.flatMap(({ isNameless, isDropped }, owner) =>
          isDropped ? [] : [told(String(owner), isNameless ? [] : [identifier(owner)])],
        );
        const customers = elements.map((_, owner) => keys(identifier(owner)));
        match(customers, results).forEach((name, owner) => {
          expect([String(owner), undefined]).toContain(name);
        });
      }),
    );
  });
});
