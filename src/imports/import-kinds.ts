import type { ClassConstructor } from 'class-transformer';
import { CustomerUpdateDto } from '../customers/dto/customer-update.dto.js';
import { translateCustomer } from '../customers/translate-customer.js';
import type { Route, Update } from '../delivery/update.js';
import { AssociationDto } from '../hierarchy/dto/association.dto.js';
import { translateAssociation } from '../hierarchy/translate-association.js';
import { EnrollmentDto } from '../loyalty/dto/enrollment.dto.js';
import { MembershipDto } from '../loyalty/dto/membership.dto.js';
import { translateEnrollment } from '../loyalty/translate-enrollment.js';
import { translateMembership } from '../loyalty/translate-membership.js';
import type { Principal } from '../security/principal.js';
import type { Scope } from '../security/scopes.js';
import { insufficientScope } from '../security/security-problems.js';
import type { ImportKind } from '../records/imports.repository.js';

/** What the lines of an import are, and how each becomes an update: the same as in a single request. */
export interface LineKind {
  /** That a single request of the kind needs. */
  readonly scope: Scope;
  /** Whether `DEFAULT_LOYALTY_TYPE` stands for an absent loyaltyType, as in a single request of the kind. */
  readonly hasDefaultLoyaltyType: boolean;
  readonly dto: ClassConstructor<object>;
  readonly translate: (dto: unknown, route: Route) => Update;
}

function lineKind<T extends object>(
  {
    scope,
    hasDefaultLoyaltyType = false,
  }: { readonly scope: Scope; readonly hasDefaultLoyaltyType?: boolean },
  dto: ClassConstructor<T>,
  translate: (given: T, route: Route) => Update,
): LineKind {
  // What is translated has been validated as this very class.
  return {
    scope,
    hasDefaultLoyaltyType,
    dto,
    translate: (given, route) => translate(given as T, route),
  };
}

export const LINE_KINDS: Readonly<Record<ImportKind, LineKind>> = {
  customers: lineKind(
    { scope: 'customers:write', hasDefaultLoyaltyType: true },
    CustomerUpdateDto,
    translateCustomer,
  ),
  memberships: lineKind({ scope: 'loyalty:write' }, MembershipDto, translateMembership),
  enrollments: lineKind({ scope: 'loyalty:write' }, EnrollmentDto, translateEnrollment),
  associations: lineKind(
    { scope: 'hierarchy:write', hasDefaultLoyaltyType: true },
    AssociationDto,
    translateAssociation,
  ),
};

export const IMPORT_KINDS = Object.keys(LINE_KINDS) as ImportKind[];

/**
 * An import opens nothing that its lines, sent one by one, would not.
 *
 * @throws ProblemException `insufficient-scope`
 */
export function demandScopeOf(kind: ImportKind, { scopes }: Principal): void {
  const { scope } = LINE_KINDS[kind];
  if (!scopes.has(scope)) throw insufficientScope([scope], `An import of ${kind}`);
}
