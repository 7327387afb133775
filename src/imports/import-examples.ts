import type { Example } from '../http/openapi/example.js';
import type { WholeUpdateDto } from '../updates/dto/whole-update.dto.js';

/** The examples are JSON, as Swagger UI can send it. For files, NDJSON and CSV are better. */
export const IMPORT_EXAMPLES: Record<string, Example<WholeUpdateDto[]>> = {
  'two-customers': {
    summary: 'Two customers as one import: 202',
    value: [
      {
        identifiers: [{ type: 'mobile', value: '919900000001' }],
        firstName: 'Asha',
        lastName: 'Rao',
        loyaltyType: 'loyalty',
      },
      {
        identifiers: [{ type: 'mobile', value: '919900000002' }],
        firstName: 'Ben',
        lastName: 'Okoro',
        loyaltyType: 'loyalty',
      },
    ],
  },
  'everything-about-a-customer': {
    summary: 'One customer with programs, for the kind `updates`: 202',
    value: [
      {
        identifiers: [{ type: 'mobile', value: '919900000002' }],
        firstName: 'Ben',
        loyaltyType: 'loyalty',
        programs: [{ programId: 1017 }],
      },
    ],
  },
};
