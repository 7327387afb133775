import type { CustomerDto } from '../customers/dto/customer-profile.dto.js';
import { loyaltyDoubts, profileKeys, translateProfile } from '../customers/translate-customer.js';
import type { Route, Update } from '../delivery/update.js';
import type { WireRelative } from '../upstream/wire/bulk-request.wire.js';
import type { AssociationDto } from './dto/association.dto.js';

function translateRelative(customer: CustomerDto, route: Route): WireRelative {
  const { extendedFields } = customer;
  return { profiles: [translateProfile(customer, route)], ...(extendedFields && { extendedFields }) };
}

/** Translates an association to an update. Nesting: bulk-put-association and bulk-post-parent-with-children. */
export function translateAssociation(association: AssociationDto, route: Route): Update {
  const { identifiers, cards, loyaltyType, hierarchyCode, roleCode, childRoleCode, fleetCompany } =
    association;
  const profile = translateProfile({ ...(identifiers && { identifiers }), ...(cards && { cards }) }, route);
  const parent = association.parentCustomer && translateRelative(association.parentCustomer, route);
  const children = association.childCustomers?.map((child) => translateRelative(child, route));
  return {
    route,
    kind: 'association',
    item: {
      profiles: [profile],
      loyaltyInfo: { loyaltyType },
      associationDetails: {
        ...(hierarchyCode !== undefined && { hierarchyCode }),
        ...(roleCode !== undefined && { roleCode }),
        ...(parent && { parentCustomer: parent }),
        ...(children && { childCustomers: children }),
        ...(fleetCompany && { fleetCompany: { externalId: fleetCompany.externalId } }),
        ...(childRoleCode !== undefined && { childRoleCode }),
      },
    },
    customer: profileKeys(profile),
    children: children?.map(({ profiles: [child] }) => profileKeys(child)) ?? [],
    parent: parent ? profileKeys(parent.profiles[0]) : [],
    doubts: [
      ...loyaltyDoubts(loyaltyType),
      // Source: docs/vendor-contract.md section 2, `parentCustomer`.
      ...(parent || children ? ['the vendor registers a parent or child that it does not know'] : []),
    ],
  };
}
