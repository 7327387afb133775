import { CUSTOMERS } from '../customers/customer.kind.js';
import { ASSOCIATIONS } from '../hierarchy/association.kind.js';
import { ENROLLMENTS } from '../loyalty/enrollment.kind.js';
import { MEMBERSHIPS } from '../loyalty/membership.kind.js';
import { insufficientScope } from '../security/security-problems.js';
/** The kinds of updates that an import may contain. */
export const UPDATE_KINDS = {
    customers: CUSTOMERS,
    memberships: MEMBERSHIPS,
    enrollments: ENROLLMENTS,
    associations: ASSOCIATIONS,
};
export const IMPORT_KINDS = Object.keys(UPDATE_KINDS);
/**
 * Checks that the caller has the scope that single requests of this kind need.
 *
 * @throws Problem `insufficient-scope`
 */
export function demandScopeOf(kind, { scopes }) {
    const { scope } = UPDATE_KINDS[kind];
    if (!scopes.has(scope))
        throw insufficientScope([scope], `An import of ${kind}`);
}
//# sourceMappingURL=import-kinds.js.map