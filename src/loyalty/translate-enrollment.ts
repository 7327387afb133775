import { profileKeys, translateProfile } from '../customers/translate-customer.js';
import type { Route, Update } from '../delivery/update.js';
import { withNumericOffset } from '../validation/dates.js';
import type { WireEnrollment, WireItem } from '../upstream/wire/bulk-request.wire.js';
import type { EnrollmentDto, ProgramDto } from './dto/enrollment.dto.js';

function translateProgram(program: ProgramDto): WireEnrollment {
  const { programId, tierNumber, loyaltyPoints, tierExpiryDate, pointsExpiryDate } = program;
  return {
    programId,
    ...(tierNumber !== undefined && { tierNumber }),
    ...(loyaltyPoints !== undefined && { loyaltyPoints }),
    ...(tierExpiryDate !== undefined && { tierExpiryDate: withNumericOffset(tierExpiryDate) }),
    ...(pointsExpiryDate !== undefined && { pointsExpiryDate: withNumericOffset(pointsExpiryDate) }),
  };
}

function withoutPoints({ programId, tierNumber, tierExpiryDate }: ProgramDto): ProgramDto {
  return {
    programId,
    ...(tierNumber !== undefined && { tierNumber }),
    ...(tierExpiryDate !== undefined && { tierExpiryDate }),
  };
}

/** Translates an enrollment to an update. Nesting: customer-update-enrollment.request.json. */
export function translateEnrollment({ identifiers, cards, programs }: EnrollmentDto, route: Route): Update {
  const profile = translateProfile({ ...(identifiers && { identifiers }), ...(cards && { cards }) }, route);
  const itemOf = (enrollments: readonly ProgramDto[]): WireItem => ({
    profiles: [profile],
    loyaltyInfo: { loyaltyType: 'loyalty' },
    loyaltyProgramEnrollments: enrollments.map(translateProgram),
  });
  const points = programs.reduce((sum, { loyaltyPoints = 0 }) => sum + loyaltyPoints, 0);
  const isSafeToRepeat = points === 0;
  return {
    route,
    kind: 'customer',
    item: itemOf(programs),
    enrollments: programs.map(({ programId, loyaltyPoints = 0 }) => ({ programId, points: loyaltyPoints })),
    ...(!isSafeToRepeat && { points, itemWithoutPoints: itemOf(programs.map(withoutPoints)) }),
    customer: profileKeys(profile),
    children: [],
    parent: [],
    isSafeToRepeat,
    // Source: docs/vendor-contract.md section 2, `programId`.
    doubts: ['if the customer is enrolled in a program already, the vendor does not change that enrollment'],
  };
}
