import type { Example } from '../http/openapi/example.js';
import type { CustomerUpdateDto } from './dto/customer-update.dto.js';

const CHANGE_NAME: CustomerUpdateDto = {
  identifiers: [{ type: 'mobile', value: '919900000001' }],
  firstName: 'Asha',
  lastName: 'Rao',
  loyaltyType: 'loyalty',
};

/** The examples use customers of `npm run demo`, so each of them works there. */
export const CUSTOMER_EXAMPLES: Record<string, Example<CustomerUpdateDto>> = {
  'change-name': { summary: 'Change a name', value: CHANGE_NAME },
  'app-opened': {
    summary: 'Record on the push channel that the app was opened',
    value: {
      identifiers: [{ type: 'mobile', value: '919900000001' }],
      commChannels: [
        {
          type: 'mobilePush',
          value: 'abcd12343434',
          primary: true,
          verified: true,
          meta: { lastViewedDate: '2026-10-25' },
        },
      ],
      loyaltyType: 'loyalty',
    },
  },
  'card-and-fields': {
    summary: 'Add a card, and set fields of the organization',
    value: {
      identifiers: [{ type: 'mobile', value: '919900000003' }],
      cards: [{ number: 'card_710000', seriesCode: 'FleetCard1', statusLabel: 'ACTIVE' }],
      fields: { favoriteStore: 'Indiranagar' },
      extendedFields: { city: 'Bengaluru' },
      loyaltyType: 'loyalty',
    },
  },
  'unknown-customer': {
    summary: 'An unknown customer: 404',
    value: { ...CHANGE_NAME, identifiers: [{ type: 'mobile', value: '910000000000' }] },
  },
};

export const BATCH_EXAMPLES: Record<string, Example<{ customers: CustomerUpdateDto[] }>> = {
  'two-customers': {
    summary: 'Two customers in one request',
    value: {
      customers: [
        CHANGE_NAME,
        {
          identifiers: [{ type: 'mobile', value: '919900000002' }],
          firstName: 'Ben',
          lastName: 'Okoro',
          loyaltyType: 'loyalty',
        },
      ],
    },
  },
  'one-unknown': {
    summary: 'One known and one unknown customer: 207',
    value: {
      customers: [CHANGE_NAME, { ...CHANGE_NAME, identifiers: [{ type: 'mobile', value: '910000000000' }] }],
    },
  },
};
