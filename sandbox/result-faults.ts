import type { ResultsFault } from './faults.ts';
import { isObject } from './shape.ts';
import type { JsonObject } from './shape.ts';

const distortions: Record<ResultsFault['kind'], (results: JsonObject[], count: number) => JsonObject[]> = {
  'drop-results': (results, count) => results.slice(0, Math.max(0, results.length - count)),
  'extra-results': (results, count) => [...results, ...strangers(count)],
  strangers: (results) => strangers(results.length),
  // Rotated by one, so that none of them keeps its position.
  'shuffle-results': (results) => [...results.slice(1), ...results.slice(0, 1)],
  'duplicate-results': (results) => [...results.slice(0, -1), ...results.slice(0, 1)],
  'unidentified-results': (results) => results.map((result) => withoutIdentifiers(result) as JsonObject),
};

/** Distorts the real results as the fault says. */
export function distortResults(results: JsonObject[], fault: ResultsFault): JsonObject[] {
  return distortions[fault.kind](results, 'count' in fault ? fault.count : 0);
}

/** Successful results of customers that were not in the call. */
function strangers(count: number): JsonObject[] {
  return Array.from({ length: count }, (_, index) => {
    const identifiers = [{ type: 'mobile', value: String(910_000_000_001 + index) }];
    return {
      profiles: [{ firstName: 'Someone', lastName: 'Else', identifiers, identifiersAll: identifiers }],
      loyaltyInfo: { loyaltyType: 'loyalty' },
      errors: [{}],
    };
  });
}

/** Channels are removed too: they hold the same numbers and addresses. */
const identifying = new Set(['identifiers', 'identifiersAll', 'commChannels']);

function withoutIdentifiers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIdentifiers);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !identifying.has(name));
  return Object.fromEntries(kept.map(([name, entry]) => [name, withoutIdentifiers(entry)]));
}
