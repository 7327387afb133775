import { profileKeys, translateProfile } from '../customers/translate-customer.js';
import { withNumericOffset } from '../validation/dates.js';
function translateProgram(program) {
    const { programId, tierNumber, loyaltyPoints, tierExpiryDate, pointsExpiryDate } = program;
    return {
        programId,
        ...(tierNumber !== undefined && { tierNumber }),
        ...(loyaltyPoints !== undefined && { loyaltyPoints }),
        ...(tierExpiryDate !== undefined && { tierExpiryDate: withNumericOffset(tierExpiryDate) }),
        ...(pointsExpiryDate !== undefined && { pointsExpiryDate: withNumericOffset(pointsExpiryDate) }),
    };
}
function withoutPoints({ programId, tierNumber, tierExpiryDate }) {
    return {
        programId,
        ...(tierNumber !== undefined && { tierNumber }),
        ...(tierExpiryDate !== undefined && { tierExpiryDate }),
    };
}
/** Translates an enrollment to an update. Nesting: customer-update-enrollment.request.json. */
export function translateEnrollment({ identifiers, cards, programs }, route) {
    const profile = translateProfile({ ...(identifiers && { identifiers }), ...(cards && { cards }) }, route);
    const itemOf = (enrollments) => ({
        profiles: [profile],
        loyaltyInfo: { loyaltyType: 'loyalty' },
        loyaltyProgramEnrollments: enrollments.map(translateProgram),
    });
    const perProgram = programs.map(({ loyaltyPoints = 0 }) => loyaltyPoints);
    const points = perProgram.reduce((sum, some) => sum + some, 0);
    return {
        route,
        kind: 'customer',
        item: itemOf(programs),
        programIds: programs.map(({ programId }) => programId),
        ...(points > 0 && {
            credit: { points, perProgram, itemWithoutPoints: itemOf(programs.map(withoutPoints)) },
        }),
        customer: profileKeys(profile),
        children: [],
        parent: [],
        // Source: docs/vendor-contract.md section 2, `programId`.
        doubts: ['if the customer is enrolled in a program already, the vendor does not change that enrollment'],
    };
}
//# sourceMappingURL=translate-enrollment.js.map