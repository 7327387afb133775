import { problemPath } from '../../problems/problem.js';
import { PROBLEM_PAGES } from '../../problems/problem-catalog.js';
/** The outcome of an item that another request is working on. */
export function itemInUse() {
    return {
        outcome: 'failed',
        reason: 'another request is working on the item with this key',
        type: problemPath('idempotency-key-in-use'),
        retryable: true,
        errors: [],
        attempts: 0,
    };
}
/** The outcome of an item with the key of an item with other content. */
export function keyOfAnotherItem() {
    const { status, title: message } = PROBLEM_PAGES['idempotency-key-reused'];
    return {
        outcome: 'rejected',
        errors: [{ message, type: problemPath('idempotency-key-reused'), status }],
        attempts: 0,
    };
}
//# sourceMappingURL=key-conflict-outcomes.js.map