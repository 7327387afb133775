import type { Example } from '../http/openapi/example.js';
import type { WholeUpdateDto } from './dto/whole-update.dto.js';

const ENROLL_AND_ASSOCIATE: WholeUpdateDto = {
  identifiers: [{ type: 'mobile', value: '919900000009' }],
  firstName: 'Ines',
  lastName: 'Duarte-Costa',
  loyaltyType: 'loyalty',
  programs: [{ programId: 1016, tierNumber: 2, loyaltyPoints: 75 }],
  association: {
    hierarchyCode: 'code-association2',
    roleCode: 'FC',
    parentCustomer: { identifiers: [{ type: 'mobile', value: '919900000005' }] },
  },
};

const JOIN: WholeUpdateDto = {
  identifiers: [{ type: 'mobile', value: '919900000002' }],
  firstName: 'Ben',
  loyaltyType: 'loyalty',
  programs: [{ programId: 1017 }],
};

/** The examples use customers of `npm run demo`, so each of them works there. */
export const WHOLE_UPDATE_EXAMPLES: Record<string, Example<WholeUpdateDto>> = {
  'enroll-and-associate': {
    summary: 'A service renames a driver, credits points, and puts the driver below an owner',
    value: ENROLL_AND_ASSOCIATE,
  },
  'join-program': { summary: "An app's back end enrolls a customer who gives a name", value: JOIN },
  'unknown-program': {
    summary: 'A program that does not exist, so the name does not change either: 422',
    value: { ...JOIN, programs: [{ programId: 999_999 }] },
  },
};

export const WHOLE_UPDATE_BATCH_EXAMPLES: Record<string, Example<{ updates: WholeUpdateDto[] }>> = {
  'one-wrong-role': {
    summary: 'One is updated, and one has a role that the hierarchy does not have: 207',
    value: {
      updates: [
        JOIN,
        {
          identifiers: [{ type: 'mobile', value: '919900000010' }],
          firstName: 'Jonas',
          loyaltyType: 'loyalty',
          association: { hierarchyCode: 'code-association2', roleCode: 'PILOT' },
        },
      ],
    },
  },
};
