import { describe, expect, it } from 'vitest';
import { validateAs } from '../../validation/validate-as.js';
import { AssociationDto } from './association.dto.js';
import { ChildrenSearchDto } from './children-search.dto.js';

const OWN = { identifiers: [{ type: 'mobile', value: '919900000001' }], loyaltyType: 'loyalty' };

function pointers(dto: typeof AssociationDto | typeof ChildrenSearchDto, body: object): unknown[] {
  const validated = validateAs<object>(dto, body);
  return 'mistakes' in validated ? validated.mistakes.map(({ pointer }) => pointer) : [];
}

describe(AssociationDto.name, () => {
  it.each<[object, string]>([
    [{ parentCustomer: [] }, '/parentCustomer'],
    [{ parentCustomer: [OWN] }, '/parentCustomer'],
    [{ childCustomers: [[]] }, '/childCustomers/0'],
    [{ childCustomers: {} }, '/childCustomers'],
    [{ fleetCompany: [] }, '/fleetCompany'],
  ])('rejects an array in place of an object and the reverse: %j', (differences, pointer) => {
    expect(pointers(AssociationDto, { ...OWN, ...differences })).toEqual([pointer]);
  });
});

describe(ChildrenSearchDto.name, () => {
  it.each<[object, string]>([
    [{ parent: [] }, '/parent'],
    [{ parent: { identifier: [] } }, '/parent/identifier'],
    [{ company: [{ externalId: 'a' }] }, '/company'],
  ])('rejects an array in place of an object: %j', (body, pointer) => {
    expect(pointers(ChildrenSearchDto, body)).toEqual([pointer]);
  });
});
