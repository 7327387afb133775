import { describe, expect, it } from 'vitest';
import { creditIdOf, creditIdsOf } from './credit-ids.js';
import type { UpdateKind } from '../update-kind.js';

const RECORD = { principal: 'key-1', endpoint: 'POST /v1/loyalty/enrollments', key: 'order-4711' };
const creditsPoints = (element: unknown): boolean => (element as { points?: number }).points === 1;

describe(creditIdOf.name, () => {
  it('is the same in every process and version, and reveals nothing', () => {
    expect(creditIdOf(RECORD)).toBe('key:tjGDKtQE6_Z2jeIyIXQH7Ho5uVeqKdZAHgYrDO2761g');
    expect(creditIdOf({ ...RECORD, key: 'k'.repeat(255) })).toMatch(/^key:[\w-]{43}$/);
  });

  it.each([
    ['principal', { ...RECORD, principal: 'key-2' }, 0],
    ['endpoint', { ...RECORD, endpoint: 'POST /v1/loyalty/enrollments#item' }, 0],
    ['key', { ...RECORD, key: 'order-4712' }, 0],
    ['position', RECORD, 1],
  ])('is another one for another %s', (_what, record, index) => {
    expect(creditIdOf(record, index)).not.toBe(creditIdOf(RECORD));
  });
});

describe(creditIdsOf.name, () => {
  const KIND = { name: 'items', creditsPoints } as Partial<UpdateKind> as UpdateKind;

  it('names the credit of a single update, where it credits points', () => {
    const one = (kind: UpdateKind, points: number) =>
      creditIdsOf(RECORD, { kind, items: [{ points }], isBatch: false });
    expect(one(KIND, 1)).toEqual(new Map([[0, creditIdOf(RECORD)]]));
    expect(one(KIND, 0)).toEqual(new Map());
    expect(one({ name: 'items' } as UpdateKind, 1)).toEqual(new Map());
  });

  it('names those of a batch by their positions, but for items with keys of their own', () => {
    const items = [{ points: 0 }, { points: 1 }, { points: 1, idempotencyKey: 'k' }, { points: 1 }];
    expect(creditIdsOf(RECORD, { kind: KIND, items, isBatch: true })).toEqual(
      new Map([
        [1, creditIdOf(RECORD, 1)],
        [3, creditIdOf(RECORD, 3)],
      ]),
    );
  });
});
