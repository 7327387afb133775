import { countOutcomes } from '../delivery/count-outcomes.js';
/** The same number as of hashed customers in an event. */
const MAX_REQUEST_IDS = 10;
/** Summarizes outcomes for an audit event: counts, and the vendor's ids of the calls. */
export function auditOutcomes(outcomes) {
    const ids = outcomes.flatMap(({ upstreamRequestId = [] }) => upstreamRequestId);
    return {
        ...countOutcomes(outcomes),
        upstreamRequestIds: [...new Set(ids)].slice(0, MAX_REQUEST_IDS),
    };
}
//# sourceMappingURL=audit-outcomes.js.map