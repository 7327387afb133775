import type { CallResult } from '../../upstream/call-result.js';

/** Whether one of the updates may have caused the refusal of all. */
export function isDivisible(result: CallResult): boolean {
  return (
    (result.kind === 'refused' && result.isDivisible) ||
    (result.kind === 'not-processed' && result.reason === 'customer-busy')
  );
}

/** Whether only the number of updates caused the refusal. */
export function isTooLarge(result: CallResult): boolean {
  return result.kind === 'refused' && result.reason === 'batch-too-large';
}

/** How the call ended, in fixed words. */
export function reasonOf(result: CallResult): string {
  return result.kind === 'answered' ? result.kind : `${result.kind}: ${result.reason}`;
}
