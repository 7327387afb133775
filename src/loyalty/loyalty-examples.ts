import type { Example } from '../http/openapi/example.js';
import type { ResolutionDto } from './dto/unknown-credit.dto.js';
import type { EnrollmentDto } from './dto/enrollment.dto.js';
import type { MembershipDto } from './dto/membership.dto.js';

const BEN = [{ type: 'mobile' as const, value: '919900000002' }];
const ASHA = [{ type: 'mobile' as const, value: '919900000001' }];
const UNKNOWN_CUSTOMER = [{ type: 'mobile' as const, value: '910000000000' }];

export const MEMBERSHIP_EXAMPLES: Record<string, Example<MembershipDto>> = {
  'become-member': {
    summary: 'A service makes a customer a member',
    value: { identifiers: BEN, loyaltyType: 'loyalty' },
  },
  'by-e-mail': {
    summary: "An app's back end identifies the member by e-mail",
    value: { identifiers: [{ type: 'email', value: 'asha.rao@example.com' }], loyaltyType: 'loyalty' },
  },
  'leave-program': {
    summary: 'A member cannot leave the program: 409',
    value: { identifiers: ASHA, loyaltyType: 'non_loyalty' },
  },
};

export const MEMBERSHIP_BATCH_EXAMPLES: Record<string, Example<{ memberships: MembershipDto[] }>> = {
  'two-members': {
    summary: 'Two members in one request',
    value: {
      memberships: [
        { identifiers: ASHA, loyaltyType: 'loyalty' },
        { identifiers: BEN, loyaltyType: 'loyalty' },
      ],
    },
  },
};

const TIER_AND_POINTS: EnrollmentDto = {
  identifiers: ASHA,
  programs: [
    {
      programId: 1016,
      tierNumber: 2,
      loyaltyPoints: 75,
      tierExpiryDate: '2099-02-11T16:36:17+05:30',
      pointsExpiryDate: '2099-02-11T16:36:17+05:30',
    },
  ],
};

export const ENROLLMENT_EXAMPLES: Record<string, Example<EnrollmentDto>> = {
  'tier-and-points': {
    summary: 'A service enrolls a customer with a tier, and credits points',
    value: TIER_AND_POINTS,
  },
  'two-programs': {
    summary: "An app's back end enrolls a customer in two programs without points",
    value: { identifiers: ASHA, programs: [{ programId: 1017 }, { programId: 2001, tierNumber: 1 }] },
  },
  'unknown-program': {
    summary: 'A program that does not exist: 422',
    value: { identifiers: ASHA, programs: [{ programId: 999_999 }] },
  },
  'date-in-the-past': {
    summary: 'A tier that expired long ago: 400',
    value: {
      identifiers: ASHA,
      programs: [{ programId: 1016, tierNumber: 2, tierExpiryDate: '2001-02-29T16:36:17+05:30' }],
    },
  },
};

export const ENROLLMENT_BATCH_EXAMPLES: Record<string, Example<{ enrollments: EnrollmentDto[] }>> = {
  'one-unknown': {
    summary: 'One known and one unknown customer: 207',
    value: {
      enrollments: [TIER_AND_POINTS, { identifiers: UNKNOWN_CUSTOMER, programs: [{ programId: 1016 }] }],
    },
  },
};

export const RESOLUTION_EXAMPLES: Record<string, Example<ResolutionDto>> = {
  applied: {
    summary: 'The points are in the ledger, so close the credit. This id does not exist: 404',
    value: { resolution: 'applied', note: 'seen in the points ledger' },
  },
  'not-applied': {
    summary: 'The points are missing, so send them again. This id does not exist: 404',
    value: { resolution: 'not-applied', note: 'missing in the points ledger' },
  },
};
