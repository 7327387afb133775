import { Problem } from '../../problems/problem.js';
/** Our choice: how long an open import takes depends on its lines and on the vendor. */
const RETRY_AFTER_MS = 60_000;
export function tooManyImports(maxOpen) {
    return new Problem('too-many-imports', {
        detail: `The limit is ${maxOpen} imports that have not ended.`,
        outcome: 'failed',
        retryable: true,
        retryAfterMs: RETRY_AFTER_MS,
    });
}
//# sourceMappingURL=too-many-imports.js.map