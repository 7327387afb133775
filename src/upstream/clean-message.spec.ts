import { describe, expect, it } from 'vitest';
import type { BulkItem } from './bulk-request.js';
import { cleanerFor } from './clean-message.js';

const ITEM: BulkItem = {
  profiles: [
    {
      firstName: 'Asha',
      lastName: 'Rao',
      identifiers: [{ type: 'externalId', value: 'EXT-1', extendedFields: { plate: 'KA01B2020' } }],
      commChannels: [{ type: 'email', value: 'asha@example.com' }],
      fields: { favoriteStore: 'Indiranagar' },
      source: 'INSTORE',
    },
  ],
  extendedFields: { city: 'Pune' },
  loyaltyInfo: { loyaltyType: 'loyalty' },
  associationDetails: {
    roleCode: 'PILOT',
    childCustomers: [
      {
        profiles: [
          { firstName: 'Junior', identifiers: [{ type: 'cuid', value: 'cuid_7' }], source: 'INSTORE' },
        ],
      },
    ],
  },
};

describe(cleanerFor.name, () => {
  it.each([
    ['Asha Rao, EXT-1, KA01B2020 in Indiranagar, Pune', '… …, …, … in …, …'],
    ['child Junior cuid_7', 'child … …'],
    ['mail to nobody-we-sent@example.org failed', 'mail to … failed'],
    ['call +91 99000 00001 or 919900000001', 'call … or …'],
  ])('takes out what is personal: %s', (message, cleaned) => {
    expect(cleanerFor([ITEM])(message)).toBe(cleaned);
  });

  it('takes out values that are short, spelt in another case, or no text', () => {
    const item = {
      ...ITEM,
      profiles: [
        { ...ITEM.profiles[0], firstName: 'Li', lastName: 'Lina', fields: { age: 48, isVip: true } },
      ],
    } as unknown as BulkItem;
    expect(cleanerFor([item])('Li LINA age 48 vip true of List 482')).toBe('… … age … vip … of List 482');
  });

  it('takes out what stands for the name of a field and is none, and leaves names', () => {
    const extendedFields = { city: 'x', address_2: 'y', 'Asha of Flat 4': true, '\u202eevil': true };
    const message = 'Invalid extended field: city, address_2, Asha of Flat 4, \u202eevil';
    expect(cleanerFor([{ ...ITEM, extendedFields }])(message)).toBe(
      'Invalid extended field: city, address_2, …, …',
    );
  });

  it('lets no part of a value through where a message is cut', () => {
    const long = `${'919900000001 '.repeat(92)}xxAsha`;
    expect(cleanerFor([ITEM])(long)).toBe('… xx…');
    expect(cleanerFor([ITEM])('Asha '.repeat(10_000))).not.toContain('A');
  });

  it('leaves the words of the vendor and short numbers', () => {
    const message = 'Invalid role PILOT for loyalty customer in INSTORE: code 1607, email channel';
    expect(cleanerFor([ITEM])(message)).toBe(message);
  });

  it('cuts what is long, and passes on nothing of what is no message any more', () => {
    expect(cleanerFor([ITEM])('x'.repeat(1000))).toHaveLength(300);
    expect(cleanerFor([ITEM])('x'.repeat(10_000))).toBe('…');
  });
});
