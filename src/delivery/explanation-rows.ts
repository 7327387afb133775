import type { ExplanationRow } from '../records/explanations.repository.js';
import { type Explanation, outcomeOf } from './explanation.js';

type Shared = Omit<Explanation, 'id' | 'submittedAt' | 'principal'>;

/**
 * Maps settled explanations to rows. Updates that were submitted together and went the same way, such as the lines of an
 * import that shared a call, share a row.
 */
export function toRows(explanations: readonly Explanation[]): ExplanationRow[] {
  const rows = new Map<string, ExplanationRow & { readonly updateIds: string[] }>();
  for (const one of explanations) {
    const outcome = outcomeOf(one);
    if (outcome === undefined) continue;
    const { id, submittedAt, principal = null, priority, requestId, importId, lane, steps } = one;
    const shared: Shared = { priority, requestId, importId, lane, steps };
    const explanation = JSON.stringify(shared);
    const key = `${submittedAt.getTime()}\n${principal}\n${explanation}`;
    const row = rows.get(key);
    if (row) row.updateIds.push(id);
    else {
      const foundBy = otherIds(shared);
      rows.set(key, { submittedAt, principal, outcome, updateIds: [id], foundBy, explanation });
    }
  }
  return [...rows.values()];
}

/** Returns the explanations of the updates of a row. */
export function fromRow({ submittedAt, principal, updateIds, explanation }: ExplanationRow): Explanation[] {
  const shared = JSON.parse(explanation) as Shared;
  return updateIds.map((id) => ({ id, submittedAt, principal: principal ?? undefined, ...shared }));
}

function otherIds({ requestId, importId, steps }: Shared): string[] {
  const ids = [requestId, importId, ...steps.flatMap((step) => [step.callId, step.upstreamRequestId])];
  return [...new Set(ids.filter((id) => id !== undefined))];
}
