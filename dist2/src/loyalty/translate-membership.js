import { loyaltyDoubts, profileKeys, translateProfile } from '../customers/translate-customer.js';
/** Translates a membership to an update. Nesting: docs/vendor-contract.md section 2, `loyaltyInfo`. */
export function translateMembership({ identifiers, cards, loyaltyType }, route) {
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
//# sourceMappingURL=translate-membership.js.map