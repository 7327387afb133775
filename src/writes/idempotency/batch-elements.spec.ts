import { describe, expect, it } from 'vitest';
import { elementsOf, keyedElements, keylessCredits, repeatedKeys } from './batch-elements.js';
import type { WriteEndpoint } from './write-endpoint.js';

const ENDPOINT: WriteEndpoint = {
  list: 'items',
  creditsPoints: (element) => (element as { points?: number } | null)?.points === 1,
};

describe(elementsOf.name, () => {
  it.each([
    ['no object', 7],
    ['null', null],
    ['a list', [[1]]],
    ['another list', { others: [1] }],
    ['no list', { items: { 0: 1 } }],
    ['too long a list', { items: Array(1001).fill(1) }],
  ])('finds none in %s', (_what, body) => {
    expect(elementsOf(ENDPOINT, body)).toEqual([]);
  });

  it('finds none where one update is taken', () => {
    expect(elementsOf({}, { items: [1] })).toEqual([]);
  });
});

describe(keyedElements.name, () => {
  it('takes the key off each element that has one', () => {
    const body = {
      items: [
        { a: 1 },
        { a: 2, idempotencyKey: 'k', points: 1 },
        'x',
        null,
        { idempotencyKey: 7 },
        { idempotencyKey: '' },
      ],
    };
    expect(keyedElements(ENDPOINT, body)).toEqual([
      { index: 1, key: 'k', content: { a: 2, points: 1 }, creditsPoints: true },
    ]);
  });
});

describe(repeatedKeys.name, () => {
  it('points at the second and third of the same', () => {
    const keyed = keyedElements(ENDPOINT, {
      items: ['a', 'b', 'a', 'a'].map((idempotencyKey) => ({ idempotencyKey })),
    });
    expect(repeatedKeys(ENDPOINT, keyed).map(({ pointer }) => pointer)).toEqual([
      '/items/2/idempotencyKey',
      '/items/3/idempotencyKey',
    ]);
  });
});

describe(keylessCredits.name, () => {
  it('points at what credits points and has no key', () => {
    const body = { items: [{ points: 1 }, { points: 0 }, { points: 1, idempotencyKey: 'k' }, null] };
    expect(keylessCredits(ENDPOINT, body).map(({ pointer }) => pointer)).toEqual(['/items/0/idempotencyKey']);
  });
});
