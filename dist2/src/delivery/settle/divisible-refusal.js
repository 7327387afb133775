/** Whether one of the updates may have caused the refusal of all. */
export function isDivisible(result) {
    return ((result.kind === 'refused' && result.isDivisible) ||
        (result.kind === 'not-processed' && result.reason === 'customer-busy'));
}
/** Whether only the number of updates caused the refusal. */
export function isTooLarge(result) {
    return result.kind === 'refused' && result.reason === 'batch-too-large';
}
/** How the call ended, in fixed words. */
export function reasonOf(result) {
    return result.kind === 'answered' ? result.kind : `${result.kind}: ${result.reason}`;
}
//# sourceMappingURL=divisible-refusal.js.map