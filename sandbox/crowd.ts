import type { Route } from './route.ts';
import type { WireIdentifier } from './wire.ts';

/**
 * The customers of INSTORE of whom there are enough for a large file: every mobile from `first` on is one's.
 * They are only kept from when they are first named in an item, or they would fill the memory from the start.
 */
export const crowd = { first: 918_800_000_000, size: 100_000_000 };

export function isOfCrowd({ source, accountId }: Route, identifiers: readonly WireIdentifier[]): boolean {
  return source === 'INSTORE' && accountId === null && identifiers.some(isMobileOfCrowd);
}

function isMobileOfCrowd({ type, value }: WireIdentifier): boolean {
  return type === 'mobile' && Number(value) >= crowd.first && Number(value) < crowd.first + crowd.size;
}
