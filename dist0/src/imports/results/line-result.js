import { toOutcomeDto } from '../../writes/to-outcome-dto.js';
import { problemPath } from '../../problems/problem.js';
import { CREDITED, creditInDoubt, outcomeOfCredit } from '../../writes/credits/credit-outcomes.js';
/** Maps the outcome of a line to its stored result. */
export function toResult(line, outcome) {
    return { line, outcome: outcome.outcome, result: JSON.stringify(outcome) };
}
export function outcomeResult(line, outcome) {
    return toResult(line, toOutcomeDto(outcome));
}
export function notAcceptedResult(line, mistaken) {
    return toResult(line, toOutcomeDto(mistaken));
}
const INTERRUPTED = 'the process that sent it ended before its answer was noted; it credits points, so it was not sent again';
/** Returns the result of a line if an earlier process sent its credit; undefined if the line may be sent. */
export function resultOfCredit(line, creditId, state) {
    const outcome = outcomeOfCredit(creditId, state, INTERRUPTED);
    return outcome && toResult(line, outcome);
}
const REASONS = {
    'invalid-lines': 'not sent, as another line of the import is not valid',
    cancelled: 'not sent, as the import was cancelled',
};
/** Returns the results of the remaining lines of an import that sends no more. */
export function notSent(why) {
    const failed = {
        outcome: 'failed',
        reason: REASONS[why],
        type: problemPath(why === 'cancelled' ? 'import-state' : 'invalid-request'),
        retryable: true,
        errors: [],
        attempts: 0,
    };
    return {
        failed: JSON.stringify(failed),
        credited: JSON.stringify(CREDITED),
        inDoubt: JSON.stringify(creditInDoubt(INTERRUPTED)),
    };
}
//# sourceMappingURL=line-result.js.map