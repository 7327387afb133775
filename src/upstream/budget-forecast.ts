import { BURST_SHARE, callsWithoutReserve } from './call-budget.js';

const MINUTE_MS = 60_000;

/** The gap between two calls once the budget is always in use: evenly spread, one call of each minute is never made. */
function steadyGapMs(usable: number): number {
  return MINUTE_MS / Math.max(1, usable - 1);
}

/**
 * Returns after how long the last of these calls leaves, of an import that is alone and starts with an unused budget.
 *
 * @param limit calls per minute; 0 for no limit
 */
export function lastCallAfterMs(calls: number, limit: number): number {
  if (limit === 0 || calls === 0) return 0;
  const usable = callsWithoutReserve(limit);
  if (usable === 1) return (calls - 1) * MINUTE_MS;
  const atOnce = Math.ceil(usable * BURST_SHARE);
  const inFirstMinute = Math.min(usable, calls) - atOnce;
  const later = Math.max(0, calls - usable);
  return Math.max(0, inFirstMinute * (MINUTE_MS / (usable - atOnce))) + later * steadyGapMs(usable);
}

/**
 * Returns how long these calls take at least when the budget is always in use, as it is after the first minute.
 *
 * @param limit calls per minute; 0 for no limit
 */
export function steadyMs(calls: number, limit: number): number {
  return limit === 0 ? 0 : calls * steadyGapMs(callsWithoutReserve(limit));
}
