import { describe, expect, it } from 'vitest';
import { UPDATE_KINDS } from '../import-kinds.js';
import { columnsOf } from './kind-columns.js';

describe(columnsOf.name, () => {
  it('lists the columns of memberships: an identifier, a card, the loyalty type', () => {
    const columns = columnsOf(UPDATE_KINDS.memberships.dto);
    expect(columns.map(({ pattern, required }) => `${pattern}: ${required}`).toSorted()).toEqual([
      'cards.<n>.cardExternalId: no',
      'cards.<n>.extendedFields.<name>: no',
      'cards.<n>.number: with others',
      'cards.<n>.seriesCode: no',
      'cards.<n>.seriesId: no',
      'cards.<n>.statusLabel: with others',
      'identifiers.<n>.type: with others',
      'identifiers.<n>.value: with others',
      'identifiers.<type>: always',
      'loyaltyType: always',
    ]);
  });

  it.each([
    [
      'customers',
      'commChannels.<n>.meta.residence',
      { type: 'boolean', name: 'commChannels.0.meta.residence' },
    ],
    [
      'customers',
      'extendedFields.<name>',
      { type: 'text', name: 'extendedFields.city', example: 'Bengaluru' },
    ],
    ['enrollments', 'programs.<n>.programId', { type: 'whole number', required: 'always', positions: [20] }],
    [
      'associations',
      'childCustomers.<n>.cards.<n>.seriesId',
      { type: 'whole number', positions: [1000, 20] },
    ],
    ['associations', 'fleetCompany.externalId', { type: 'text', required: 'with others' }],
    ['updates', 'programs.<n>.loyaltyPoints', { type: 'whole number', required: 'no', positions: [20] }],
    ['updates', 'programs.<n>.programId', { required: 'with others' }],
    [
      'updates',
      'association.parentCustomer.identifiers.<type>',
      { name: 'association.parentCustomer.identifiers.mobile', required: 'with others' },
    ],
    ['updates', 'association.childCustomers.<n>.identifiers.<n>.value', { positions: [1000, 20] }],
    ['associations', 'loyaltyType', { values: ['loyalty', 'non_loyalty'], example: 'loyalty' }],
  ] as const)('describes a column of %s: %s', (kind, pattern, expected) => {
    const column = columnsOf(UPDATE_KINDS[kind].dto).find((one) => one.pattern === pattern);
    expect(column).toMatchObject(expected);
  });
});
