import { flag, integer, isObject, listOf, mapOf, oneOf, scalar, shape, text } from './shape.ts';
import type { Check } from './shape.ts';

/** The vendor's spelling of one customer in the array, docs/vendor-contract.md section 2. */
export interface WireItem extends WirePerson {
  loyaltyInfo: { loyaltyType: LoyaltyType };
  loyaltyProgramEnrollments?: WireEnrollment[];
  associationDetails?: WireAssociation;
  referralCode?: string;
  createDate?: string;
  associatedWith?: string;
}

/** What an item, its parent and its children have in common. */
export interface WirePerson {
  profiles: [WireProfile];
  extendedFields?: FieldMap;
}

export interface WireProfile {
  firstName?: string;
  lastName?: string;
  identifiers: WireIdentifier[];
  commChannels?: WireChannel[];
  fields?: FieldMap;
  source?: string;
  accountId?: string;
}

export interface WireIdentifier {
  type: string;
  value: string;
  seriesId?: number;
  seriesCode?: string;
  statusLabel?: string;
  cardExternalId?: string;
  extendedFields?: FieldMap;
}

export interface WireChannel {
  type: string;
  value: string;
  primary?: boolean;
  verified?: boolean;
  meta?: { lastViewedDate?: string; residence?: boolean; office?: boolean };
}

export interface WireEnrollment {
  programId: number;
  tierNumber?: number;
  loyaltyPoints?: number;
  tierExpiryDate?: string;
  pointsExpiryDate?: string;
}

export interface WireAssociation {
  hierarchyCode?: string;
  roleCode?: string;
  childRoleCode?: string;
  parentCustomer?: WirePerson;
  childCustomers?: WirePerson[];
  fleetCompany?: { externalId: string };
}

export type LoyaltyType = 'loyalty' | 'non_loyalty';
export type FieldMap = Record<string, string | number | boolean>;

export function isCard(identifier: { type: string }): boolean {
  return identifier.type === 'cardnumber' || identifier.type === 'card';
}

const plainIdentifier = shape({ type: text, value: text }, ['type', 'value']);
const cardIdentifier = shape(
  {
    type: text,
    value: text,
    seriesId: integer(1),
    seriesCode: text,
    statusLabel: text,
    cardExternalId: text,
    extendedFields: mapOf(scalar),
  },
  ['type', 'value'],
);
const identifier: Check = (value, path) =>
  isObject(value) && isCard({ type: String(value['type']) })
    ? cardIdentifier(value, path)
    : plainIdentifier(value, path);

const channel = shape(
  {
    type: text,
    value: text,
    primary: flag,
    verified: flag,
    meta: shape({ lastViewedDate: text, residence: flag, office: flag }),
  },
  ['type', 'value'],
);

const profile = shape(
  {
    firstName: text,
    lastName: text,
    identifiers: listOf(identifier, 1),
    commChannels: listOf(channel),
    fields: mapOf(scalar),
    source: text,
    accountId: text,
  },
  ['identifiers'],
);

const personProperties = { profiles: listOf(profile, 1, 1), extendedFields: mapOf(scalar) };
const person = shape(personProperties, ['profiles']);

const enrollment = shape(
  {
    programId: integer(1),
    tierNumber: integer(1),
    loyaltyPoints: integer(0),
    tierExpiryDate: text,
    pointsExpiryDate: text,
  },
  ['programId'],
);

const association = shape({
  hierarchyCode: text,
  roleCode: text,
  childRoleCode: text,
  parentCustomer: person,
  childCustomers: listOf(person),
  fleetCompany: shape({ externalId: text }, ['externalId']),
});

/** Checks the shape of an item. A mistake refuses the whole call. */
export const wireItem: Check = shape(
  {
    ...personProperties,
    loyaltyInfo: shape({ loyaltyType: oneOf('loyalty', 'non_loyalty') }, ['loyaltyType']),
    loyaltyProgramEnrollments: listOf(enrollment),
    associationDetails: association,
    referralCode: text,
    createDate: text,
    associatedWith: text,
  },
  ['profiles', 'loyaltyInfo'],
);

/** Names the missing one of the two fields without which the vendor refuses the whole call with 403. */
export function missesMandatoryField(item: unknown): string | null {
  if (!isObject(item)) return null;
  const { loyaltyInfo, profiles } = item;
  if (loyaltyInfo === undefined || (isObject(loyaltyInfo) && loyaltyInfo['loyaltyType'] === undefined))
    return 'loyaltyInfo.loyaltyType';
  const first: unknown = Array.isArray(profiles) ? profiles[0] : undefined;
  const identifiers = isObject(first) ? first['identifiers'] : undefined;
  const filled = identifiers !== undefined && !(Array.isArray(identifiers) && identifiers.length === 0);
  return filled ? null : 'profiles[0].identifiers';
}
