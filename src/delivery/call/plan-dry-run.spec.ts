import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customerKey } from '../customer-key.js';
import { planBulkCalls } from './plan-dry-run.js';
import { type Route, type Update, ownedKeys } from '../update.js';

const INSTORE: Route = { source: 'INSTORE' };
const key = (name: string) => customerKey({ type: 'externalId', value: name });

interface Family {
  readonly customer: string;
  readonly children?: readonly string[];
  readonly parent?: string;
  readonly route?: Route;
  readonly kind?: Update['kind'];
}

function anUpdate({ customer, children = [], parent, route = INSTORE, kind = 'customer' }: Family): Update {
  return {
    route,
    kind,
    item: {
      profiles: [{ identifiers: [], source: route.source }],
      loyaltyInfo: { loyaltyType: 'loyalty' },
    },
    customer: [key(customer)],
    children: children.map((child) => [key(child)]),
    parent: parent === undefined ? [] : [key(parent)],
    doubts: [],
  };
}

const pack = (families: readonly Family[], customer = 100, association = 100): number[][][] =>
  planBulkCalls(families.map(anUpdate), (kind) => ({
    itemCount: kind === 'customer' ? customer : association,
    bodyBytes: 1_000_000,
  }));

describe(planBulkCalls.name, () => {
  it('puts updates of different customers into one call, up to the bound', () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map((customer) => ({ customer }));
    expect(pack(five)).toEqual([[[0, 1, 2, 3, 4]]]);
    expect(pack(five, 2)).toEqual([[[0, 1], [2, 3], [4]]]);
    expect(pack([])).toEqual([]);
  });

  it('never mixes routes or kinds in a call', () => {
    const line: Route = { source: 'LINE', accountId: 'x' };
    const till: Route = { ...INSTORE, attribution: { type: 'TILL', code: 't' } };
    expect(
      pack([
        { customer: 'a' },
        { customer: 'b', route: line },
        { customer: 'c', route: till },
        { customer: 'd', kind: 'association' },
        { customer: 'e' },
      ]),
    ).toEqual([[[0, 4], [1], [2], [3]]]);
  });

  it('bounds associations on their own', () => {
    const associations = ['a', 'b', 'c'].map((customer) => ({ customer, kind: 'association' as const }));
    expect(pack(associations, 100, 1)).toEqual([[[0], [1], [2]]]);
  });

  it('makes an update wait for an earlier one of the same customer, child or parent', () => {
    expect(pack([{ customer: 'a' }, { customer: 'b' }, { customer: 'a' }, { customer: 'a' }])).toEqual([
      [[0, 1]],
      [[2]],
      [[3]],
    ]);
    expect(pack([{ customer: 'a', children: ['b'] }, { customer: 'b' }])).toEqual([[[0]], [[1]]]);
    expect(pack([{ customer: 'a', parent: 'p' }, { customer: 'p' }])).toEqual([[[0]], [[1]]]);
    expect(pack([{ customer: 'p' }, { customer: 'a', parent: 'p' }])).toEqual([[[0]], [[1]]]);
  });

  it('lets updates that only name one parent share a call, and no two calls of a wave', () => {
    const drivers = ['a', 'b', 'c', 'd', 'e'].map((customer) => ({ customer, parent: 'p' }));
    expect(pack(drivers)).toEqual([[[0, 1, 2, 3, 4]]]);
    expect(pack(drivers, 2)).toEqual([[[0, 1]], [[2, 3]], [[4]]]);
  });

  const name = fc.constantFrom(...'abcdefgh');
  const family = fc.record({
    customer: name,
    children: fc.array(name, { maxLength: 3 }),
    parent: fc.option(name, { nil: undefined }),
    kind: fc.constantFrom('customer' as const, 'association' as const),
  });

  it('plans each update once, within the bounds, and keeps families apart and in order', () => {
    fc.assert(
      fc.property(fc.array(family, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (families, most) => {
        const updates = families.map(({ parent, ...others }) =>
          anUpdate({ ...others, ...(parent !== undefined && { parent }) }),
        );
        const waves = planBulkCalls(updates, () => ({ itemCount: most, bodyBytes: 1_000_000 }));
        expect(waves.flat(2).toSorted((one, other) => one - other)).toEqual(updates.map((_, index) => index));

        const positions = updates.map((_, position) => {
          const wave = waves.findIndex((calls) => calls.flat().includes(position));
          return { wave, call: waves[wave]?.findIndex((call) => call.includes(position)) ?? -1 };
        });
        for (const call of waves.flat()) expect(call.length).toBeLessThanOrEqual(most);
        updates.forEach((late, second) => {
          updates.slice(0, second).forEach((early, first) => {
            const [a, b] = [positions[first], positions[second]];
            if (!a || !b) throw new Error('an update without a position');
            const owned = new Set(ownedKeys(early));
            const shareOwned = ownedKeys(late).some((one) => owned.has(one));
            const parentOwned =
              late.parent.some((one) => owned.has(one)) ||
              early.parent.some((one) => ownedKeys(late).includes(one));
            const siblings = late.parent.some((one) => early.parent.includes(one));
            const inOrder =
              shareOwned || parentOwned
                ? a.wave < b.wave
                : !siblings || a.wave < b.wave || (a.wave === b.wave && a.call === b.call);
            expect(inOrder).toBe(true);
          });
        });
      }),
      { numRuns: 1000 },
    );
  });
});
