import { describe, expect, it } from 'vitest';
import type { UpdateKind } from '../update-kind.js';
import { type SentItems, creditsWithoutKey, keyedItems, repeatedKeys } from './sent-items.js';

const KIND = {
  name: 'items',
  creditsPoints: (item) => (item as { points?: number } | null)?.points === 1,
} as Partial<UpdateKind> as UpdateKind;

const batch = (items: readonly unknown[]): SentItems => ({ kind: KIND, items, isBatch: true });

describe(keyedItems.name, () => {
  it('takes the key off each item that has one', () => {
    const sent = batch([
      { a: 1 },
      { a: 2, idempotencyKey: 'k', points: 1 },
      'x',
      null,
      { idempotencyKey: 7 },
      { idempotencyKey: '' },
    ]);
    expect(keyedItems(sent)).toEqual([
      { index: 1, key: 'k', content: { a: 2, points: 1 }, creditsPoints: true },
    ]);
  });

  it('finds none in a request for one update', () => {
    expect(keyedItems({ ...batch([{ idempotencyKey: 'k' }]), isBatch: false })).toEqual([]);
  });
});

describe(repeatedKeys.name, () => {
  it('points at the second and third of the same', () => {
    const keyed = keyedItems(batch(['a', 'b', 'a', 'a'].map((idempotencyKey) => ({ idempotencyKey }))));
    expect(repeatedKeys(KIND, keyed).map(({ pointer }) => pointer)).toEqual([
      '/items/2/idempotencyKey',
      '/items/3/idempotencyKey',
    ]);
  });
});

describe(creditsWithoutKey.name, () => {
  it('points at the items that credit points and have no key', () => {
    const sent = batch([{ points: 1 }, { points: 0 }, { points: 1, idempotencyKey: 'k' }, null]);
    expect(creditsWithoutKey(sent).map(({ pointer }) => pointer)).toEqual(['/items/0/idempotencyKey']);
  });

  it('names the header for one update', () => {
    const sent = { ...batch([{ points: 1 }]), isBatch: false };
    expect(creditsWithoutKey(sent)).toMatchObject([{ header: 'Idempotency-Key' }]);
  });
});
