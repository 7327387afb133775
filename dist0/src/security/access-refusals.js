/** Problems that deny a caller access or exceed its limits; each is recorded as an audit event. */
export const ACCESS_REFUSALS = new Set([
    'unauthenticated',
    'insufficient-scope',
    'out-of-bounds',
    'points-limit',
    'rate-limited',
    'too-many-imports',
    'too-many-failures',
]);
//# sourceMappingURL=access-refusals.js.map