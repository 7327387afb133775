import { loyaltyDoubts, profileKeys, translateProfile } from '../customers/translate-customer.js';
function translateRelative(customer, route) {
    const { extendedFields } = customer;
    return { profiles: [translateProfile(customer, route)], ...(extendedFields && { extendedFields }) };
}
/** Translates an association to an update. Nesting: bulk-put-association and bulk-post-parent-with-children. */
export function translateAssociation(association, route) {
    const { identifiers, cards, loyaltyType, hierarchyCode, roleCode, childRoleCode, fleetCompany } = association;
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
//# sourceMappingURL=translate-association.js.map