import type { Settings } from '../config/settings.js';

/** For what comes before and after delivery: reading the body, and statements to the database. */
const MARGIN_MS = 5000;

/** Longer than any request takes: its deadline, and a call that is in flight when it passes. */
export function leaseMs({ REQUEST_DEADLINE_MS, UPSTREAM_TIMEOUT_MS }: Settings): number {
  return REQUEST_DEADLINE_MS + UPSTREAM_TIMEOUT_MS + MARGIN_MS;
}
