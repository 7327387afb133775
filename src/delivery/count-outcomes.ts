import type { Outcome } from './outcome.js';

/** Counts how many updates ended with each outcome. */
export function countOutcomes(outcomes: readonly Outcome[]): Record<Outcome['outcome'], number> {
  const counts = { updated: 0, rejected: 0, failed: 0, unknown: 0 };
  for (const { outcome } of outcomes) counts[outcome]++;
  return counts;
}
