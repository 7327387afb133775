import { matchResults } from './match-results.js';
function readChild(child) {
    if (!child)
        return { outcome: 'unknown', identifiers: [], errors: [], warnings: [] };
    const { verdict, customerId, identifiers, errors, warnings } = child;
    const result = { ...(customerId !== undefined && { customerId }), identifiers, errors, warnings };
    switch (verdict) {
        case 'updated':
        case 'rejected':
            return { outcome: verdict, ...result };
        case 'not-processed':
        case 'update-failed':
            return { outcome: 'failed', ...result };
        case 'ambiguous':
            return { outcome: 'unknown', ...result };
    }
}
/**
 * Reads one outcome per child in the order sent. A child without a proved result is `unknown`; so are those that seem
 * updated when the vendor reports more failed children than it names.
 */
export function readChildOutcomes(update, result) {
    const children = matchResults(update.children, result.children).map(readChild);
    const namedFailures = children.filter(({ outcome }) => outcome !== 'updated').length;
    if (result.childFailureCount <= namedFailures)
        return children;
    return children.map((child) => (child.outcome === 'updated' ? { ...child, outcome: 'unknown' } : child));
}
//# sourceMappingURL=child-outcomes.js.map