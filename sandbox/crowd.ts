import type { Route } from './route.ts';
import type { WireIdentifier } from './wire.ts';

/**
 * Enough customers of INSTORE for a large file: every mobile from `first` on belongs to one.
 * A customer is stored only when an item first names it, or all of them would fill the memory from the start.
 */
export const crowd = { first: 918_800_000_000, size: 100_000_000 };

export function isOfCrowd({ source, accountId }: Route, identifiers: readonly WireIdentifier[]): boolean {
  return source === 'INSTORE' && accountId === null && identifiers.some(isMobileOfCrowd);
}

function isMobileOfCrowd({ type, value }: WireIdentifier): boolean {
  return type === 'mobile' && Number(value) >= crowd.first && Number(value) < crowd.first + crowd.size;
}
