import { countOutcomes } from '../delivery/count-outcomes.js';
import type { Outcome } from '../delivery/outcome.js';
import type { AuditFacts } from '../observability/audit-log.js';

/** As many as customers are named. */
const MAX_REQUEST_IDS = 10;

/** What audit events tell of outcomes. */
export function auditOutcomes(outcomes: readonly Outcome[]): AuditFacts {
  const ids = outcomes.flatMap(({ upstreamRequestId = [] }) => upstreamRequestId);
  return {
    ...countOutcomes(outcomes),
    upstreamRequestIds: [...new Set(ids)].slice(0, MAX_REQUEST_IDS),
  };
}
