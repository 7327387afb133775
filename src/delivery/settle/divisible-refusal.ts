import type { CallResult } from '../../upstream/call-result.js';

/** Whether one of the updates may be to blame for what happened to all. */
export function isDivisible(result: CallResult): boolean {
  return (
    (result.kind === 'refused' && result.isDivisible) ||
    (result.kind === 'not-processed' && result.reason === 'customer-busy')
  );
}

/** Whether nobody is to blame but their number. */
export function isTooLarge(result: CallResult): boolean {
  return result.kind === 'refused' && result.reason === 'batch-too-large';
}

/** How the call ended, in fixed words. */
export function reasonOf(result: CallResult): string {
  return result.kind === 'answered' ? result.kind : `${result.kind}: ${result.reason}`;
}
