import { matchResults } from './match-results.js';
function failed(failure, reason, { errors = [], canPass = true } = {}) {
    return { kind: 'failed', failure, reason, errors, canPass };
}
/** The catalog of codes says whether the vendor or only the customer is busy. */
function busyReason({ errors }) {
    return errors.some(({ type }) => type === 'upstream-busy') ? 'upstream-busy' : 'customer-busy';
}
function readItem(result) {
    if (!result)
        return failed({ kind: 'ambiguous' }, 'no-proof');
    switch (result.verdict) {
        case 'updated':
            return { kind: 'updated', result };
        case 'rejected':
            return { kind: 'rejected', errors: result.errors };
        case 'not-processed':
            return failed({ kind: 'not-processed', retryAfterMs: 0 }, busyReason(result), result);
        case 'update-failed':
            return failed({ kind: 'update-failed' }, 'update-failed', result);
        case 'ambiguous':
            return failed({ kind: 'ambiguous' }, 'points-in-doubt', result);
    }
}
/** Reads the result of one attempt into one verdict for each of its updates, in their order. */
export function readVerdicts(result, updates) {
    switch (result.kind) {
        case 'answered': {
            const customers = updates.map(({ customer }) => customer);
            return matchResults(customers, result.results).map(readItem);
        }
        case 'refused':
            return updates.map(() => result.reason === 'upstream-misconfigured'
                ? failed({ kind: 'not-sent' }, result.reason, { errors: result.errors, canPass: false })
                : { kind: 'rejected', errors: result.errors });
        case 'not-sent':
            return updates.map(() => failed({ kind: 'not-sent' }, result.reason, result));
        case 'not-processed':
            return updates.map(() => failed({ kind: 'not-processed', retryAfterMs: result.retryAfterMs }, result.reason, result));
        case 'ambiguous':
            return updates.map(() => failed({ kind: 'ambiguous' }, result.reason));
    }
}
//# sourceMappingURL=read-verdicts.js.map