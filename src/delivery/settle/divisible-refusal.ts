import type { CallResult } from '../../upstream/call-result.js';

/** Whether one of the updates may have caused the refusal of all. */
export function isDivisible(result: CallResult): boolean {
  return (
    (result.kind === 'refused' && result.isDivisible) ||
    (result.kind === 'not-processed' && result.reason === 'customer-busy')
  );
}

/**
 * Whether one of the updates may be the cause of a failure that may as well be the vendor's. Such a call is repeated as
 * it was, and is divided when it fails again.
 */
export function mayBeOfOne(result: CallResult): boolean {
  return result.kind === 'ambiguous' || (result.kind === 'not-processed' && result.mayBeOfOne === true);
}

/** Whether only the number of updates, or of their bytes, caused the refusal. */
export function isTooLarge(result: CallResult): boolean {
  return result.kind === 'refused' && (result.reason === 'batch-too-large' || hasTooManyBytes(result));
}

/** Whether only the number of bytes caused the refusal. */
export function hasTooManyBytes(result: CallResult): boolean {
  return result.kind === 'refused' && result.reason === 'body-too-large';
}

/** How the call ended, in fixed words. */
export function reasonOf(result: CallResult): string {
  return result.kind === 'answered' ? result.kind : `${result.kind}: ${result.reason}`;
}
