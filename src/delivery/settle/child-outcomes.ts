import type { ChildResult, Identifier, ItemResult, VendorMessage } from '../../upstream/call-result.js';
import { matchResults } from './match-results.js';
import type { Update } from '../update.js';

/** The result of one child of an update; the vendor applies or refuses the children one by one. */
export interface ChildOutcome {
  readonly outcome: 'updated' | 'rejected' | 'failed' | 'unknown';
  readonly customerId?: number;
  readonly identifiers: readonly Identifier[];
  readonly errors: readonly VendorMessage[];
  readonly warnings: readonly VendorMessage[];
}

function readChild(child: ChildResult | undefined): ChildOutcome {
  if (!child) return { outcome: 'unknown', identifiers: [], errors: [], warnings: [] };
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
export function readChildOutcomes(update: Update, result: ItemResult): ChildOutcome[] {
  const children = matchResults(update.children, result.children).map(readChild);
  const namedFailures = children.filter(({ outcome }) => outcome !== 'updated').length;
  if (result.childFailureCount <= namedFailures) return children;
  return children.map((child) => (child.outcome === 'updated' ? { ...child, outcome: 'unknown' } : child));
}
