import { CUSTOMERS } from '../customers/customer.kind.js';
import { ASSOCIATIONS } from '../hierarchy/association.kind.js';
import { ENROLLMENTS } from '../loyalty/enrollment.kind.js';
import { MEMBERSHIPS } from '../loyalty/membership.kind.js';
import { WHOLE_UPDATES } from '../updates/whole-update.kind.js';
import type { ImportKind } from '../records/imports.repository.js';
import type { Principal } from '../security/principal.js';
import { insufficientScope } from '../security/security-problems.js';
import type { UpdateKind } from '../writes/update-kind.js';

/** The kinds of updates that an import may contain. */
export const UPDATE_KINDS: Readonly<Record<ImportKind, UpdateKind>> = {
  customers: CUSTOMERS,
  memberships: MEMBERSHIPS,
  enrollments: ENROLLMENTS,
  associations: ASSOCIATIONS,
  updates: WHOLE_UPDATES,
};

export const IMPORT_KINDS = Object.keys(UPDATE_KINDS) as ImportKind[];

/**
 * Checks that the caller has a scope that admits single requests of this kind. The scopes of parts are checked line by
 * line.
 *
 * @throws Problem `insufficient-scope`
 */
export function demandScopeOf(kind: ImportKind, { scopes }: Principal): void {
  const admitting = UPDATE_KINDS[kind].scopes;
  if (admitting.some((scope) => scopes.has(scope))) return;
  throw insufficientScope(admitting, `An import of ${kind}`);
}
