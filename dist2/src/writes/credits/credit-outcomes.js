import { NONE_KNOWN } from '../idempotency/held.js';
import { INTERRUPTED } from '../idempotency/idempotency-problems.js';
/**
 * Finds what became of the credits of a record that was taken over. Those that were never sent, or certainly were not credited,
 * are not among them: they may be sent.
 */
export async function takeOverCredits(credits, creditIds) {
    if (creditIds.size === 0)
        return NONE_KNOWN;
    const states = await credits.takeOver([...creditIds.values()]);
    return new Map([...creditIds].flatMap(([index, creditId]) => {
        const outcome = outcomeOfCredit(creditId, states.get(creditId), INTERRUPTED);
        return outcome ? [[index, outcome]] : [];
    }));
}
/** The outcome of an update of which only that its points were credited is known. */
export const CREDITED = {
    outcome: 'updated',
    identifiers: [],
    warnings: [],
    children: [],
    pointsCredited: 'yes',
    attempts: 1,
};
/** The outcome of an update after an earlier process left its points in doubt, without the id of its credit. */
export function creditInDoubt(reason) {
    return { outcome: 'unknown', reason, retryable: false, pointsCredited: 'unknown', attempts: 1 };
}
/**
 * Maps the state of a credit that an earlier process left to an outcome; undefined where it may be sent.
 *
 * @param reason why it is in doubt, where it is
 */
export function outcomeOfCredit(creditId, state, reason) {
    switch (state) {
        case undefined:
        case 'not-credited':
            return undefined;
        case 'credited':
            return CREDITED;
        default:
            return { ...creditInDoubt(reason), creditId };
    }
}
//# sourceMappingURL=credit-outcomes.js.map