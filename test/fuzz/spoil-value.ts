import fc from 'fast-check';
import type { Json, JsonObject } from './valid-values.js';

/** Values of a wrong type, or just beyond a bound. */
const WRONG: readonly Json[] = [
  null,
  true,
  0,
  -1,
  0.5,
  101,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER + 1,
  -Number.MAX_SAFE_INTEGER,
  1e308,
  '',
  ' ',
  '0',
  'true',
  'x'.repeat(101),
  'x'.repeat(256),
  '\u{1f600}'.repeat(101),
  'a\u0000b',
  '\ud800',
  'mobile',
  'loyalty',
  '2026-02-30T00:00:00+05:30',
  '919900000001',
  [],
  {},
  [[]],
  [null],
  [{}],
  { $ref: '#' },
  { length: 1 },
];

/** Names that mean something to JavaScript, to a database or to a serializer. */
export const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  'length',
  '$where',
  '',
  '0',
] as const;

interface Place {
  readonly holder: Json[] | JsonObject;
  readonly key: string;
}

function placesIn(value: Json): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => [
    { holder: value, key },
    ...placesIn((value as JsonObject)[key] ?? null),
  ]);
}

function set({ holder, key }: Place, value: Json): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * Generates a valid value with one mistake: something missing, added, of another type, or beyond a bound.
 *
 * @param texts hostile texts, which may replace any value
 */
export function spoiled(values: fc.Arbitrary<Json>, texts: fc.Arbitrary<string>): fc.Arbitrary<Json> {
  const harm = fc.oneof(
    fc.constantFrom(...WRONG).map((value) => (place: Place) => set(place, value)),
    texts.map((text) => (place: Place) => set(place, text)),
    fc.constant(({ holder, key }: Place) => {
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
    }),
    fc.constant(({ holder, key }: Place) => {
      const value = (holder as JsonObject)[key] ?? null;
      if (Array.isArray(holder)) holder.push(value);
      else set({ holder, key: `${key}s` }, value);
    }),
    fc.tuple(fc.oneof(fc.constantFrom(...NAMES), texts), fc.constantFrom(...WRONG)).map(
      ([key, value]) =>
        ({ holder }: Place) =>
          set({ holder, key: Array.isArray(holder) ? '0' : key }, value),
    ),
  );
  return fc.tuple(values, fc.nat(), harm).map(([value, nth, spoil]) => {
    const copy = structuredClone(value);
    const places = placesIn(copy);
    const place = places[nth % Math.max(1, places.length)];
    if (!place) return null;
    spoil(place);
    return copy;
  });
}
