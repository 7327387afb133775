import { loyaltyDoubts, profileKeys, translateProfile } from '../customers/translate-customer.js';
import type { Route, Update } from '../delivery/update.js';
import type { MembershipDto } from './dto/membership.dto.js';

/** Translates a membership to an update. Nesting: docs/vendor-contract.md section 2, `loyaltyInfo`. */
export function translateMembership(
  { identifiers, cards, loyaltyType }: MembershipDto,
  route: Route,
): Update {
  const profile = translateProfile({ ...(identifiers && { identifiers }), ...(cards && { cards }) }, route);
  return {
    route,
    kind: 'customer',
    item: { profiles: [profile], loyaltyInfo: { loyaltyType } },
    customer: profileKeys(profile),
    children: [],
    parent: [],
    doubts: loyaltyDoubts(loyaltyType),
  };
}
