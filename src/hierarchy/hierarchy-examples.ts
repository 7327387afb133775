import type { Example } from '../http/openapi/example.js';
import type { AssociationDto } from './dto/association.dto.js';
import type { ChildrenSearchDto } from './dto/children-search.dto.js';

const OWNER = [{ type: 'mobile' as const, value: '919900000005' }];
const DRIVER_ONE = [{ type: 'mobile' as const, value: '919900000006' }];
const DRIVER_TWO = [{ type: 'mobile' as const, value: '919900000007' }];

const TWO_DRIVERS: AssociationDto = {
  identifiers: OWNER,
  loyaltyType: 'loyalty',
  hierarchyCode: 'code-association2',
  roleCode: 'FA',
  childRoleCode: 'FC',
  childCustomers: [{ identifiers: DRIVER_ONE }, { identifiers: DRIVER_TWO }],
  fleetCompany: { externalId: 'ex917471000000' },
};

function ownerBelow(owner: string, above: string): AssociationDto {
  return {
    identifiers: [{ type: 'mobile', value: owner }],
    loyaltyType: 'loyalty',
    hierarchyCode: 'code-association2',
    roleCode: 'FA',
    parentCustomer: { identifiers: [{ type: 'mobile', value: above }] },
  };
}

/** The examples work in this order. */
export const ASSOCIATION_EXAMPLES: Record<string, Example<AssociationDto>> = {
  'owner-with-two-drivers': {
    summary: 'A service puts two drivers below an owner, in a company',
    value: TWO_DRIVERS,
  },
  'driver-below-owner': {
    summary: "An app's back end puts a driver below an owner",
    value: {
      identifiers: [{ type: 'mobile', value: '919900000008' }],
      loyaltyType: 'loyalty',
      hierarchyCode: 'code-association2',
      roleCode: 'FC',
      parentCustomer: { identifiers: OWNER },
    },
  },
  'wrong-role': {
    summary: 'A role that the hierarchy does not have: 422',
    value: { ...TWO_DRIVERS, roleCode: 'PILOT' },
  },
  'own-child': {
    summary: 'A customer below itself: 400',
    value: { ...TWO_DRIVERS, childCustomers: [{ identifiers: OWNER }] },
  },
  'owner-below-owner': {
    summary: 'A service puts an owner below another owner',
    value: ownerBelow('919900000011', '919900000012'),
  },
  cycle: {
    summary: 'After that, the other owner below the first: 409',
    value: ownerBelow('919900000012', '919900000011'),
  },
};

export const ASSOCIATION_BATCH_EXAMPLES: Record<string, Example<{ associations: AssociationDto[] }>> = {
  'drivers-of-one-owner': {
    summary: 'Two drivers below the same owner, in one call',
    value: {
      associations: ['919900000009', '919900000010'].map((value) => ({
        identifiers: [{ type: 'mobile', value }],
        loyaltyType: 'loyalty',
        hierarchyCode: 'code-association2',
        roleCode: 'FC',
        parentCustomer: { identifiers: OWNER },
      })),
    },
  },
};

export const CHILDREN_EXAMPLES: Record<string, Example<ChildrenSearchDto>> = {
  'of-an-owner': {
    summary: 'A service lists the drivers of an owner',
    value: { parent: { identifier: { type: 'mobile', value: '919900000005' } }, limit: 10, offset: 0 },
  },
  'of-a-company': {
    summary: "An app's back end lists the customers of a company, newest change first",
    value: {
      company: { externalId: 'ex917471000000' },
      sortBy: 'lastUpdatedOn',
      sortOrder: 'DESC',
      includeCustomerAssociateDetail: true,
    },
  },
  'of-unknown-parent': {
    summary: 'An unknown parent: 404',
    value: { parent: { identifier: { type: 'mobile', value: '910000000000' } } },
  },
};
