import { Problem } from '../../problems/problem.js';
/** When the first request may be answered: most are within a second, and asking again costs one statement. */
const RUNNING_RETRY_AFTER_MS = 1000;
/** The reason of an outcome when the process of the first request ended before its answer was kept. */
export const INTERRUPTED = 'the process that worked on the first request ended before its answer was kept; it credits points, so it is not sent again';
export function keyRequired(mistakes) {
    return new Problem('idempotency-key-required', { errors: mistakes });
}
export function keyInUse() {
    return new Problem('idempotency-key-in-use', { retryable: true, retryAfterMs: RUNNING_RETRY_AFTER_MS });
}
export function keyReused() {
    return new Problem('idempotency-key-reused', { retryable: false });
}
/** The problem of a request that cannot be worked on under its key. */
export function refusalOf(kind) {
    return kind === 'running' ? keyInUse() : keyReused();
}
/** An outcome in doubt as the answer to a request for one update. */
export function inDoubt(outcome) {
    return new Problem('outcome-unknown', { ...outcome });
}
//# sourceMappingURL=idempotency-problems.js.map