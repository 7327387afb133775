/** The request of the bulk update in the vendor's spelling. Source: docs/vendor-contract.md section 2 and test/samples/. */
export interface WireIdentifier {
  type: string;
  value: string;
  seriesId?: number;
  seriesCode?: string;
  statusLabel?: string;
  cardExternalId?: string;
  extendedFields?: WireFields;
}

export type WireFields = Record<string, string | number | boolean>;

export interface WireCommChannel {
  type: string;
  value: string;
  primary?: boolean;
  verified?: boolean;
  meta?: { lastViewedDate?: string; residence?: boolean; office?: boolean };
}

export interface WireProfile {
  firstName?: string;
  lastName?: string;
  identifiers: WireIdentifier[];
  commChannels?: WireCommChannel[];
  fields?: WireFields;
  source: string;
  accountId?: string;
}

/** A customer who is named in the association of another. */
export interface WireRelative {
  profiles: [WireProfile];
  extendedFields?: WireFields;
}

export interface WireEnrollment {
  programId: number;
  tierNumber?: number;
  /** Points to credit: money, and not idempotent. */
  loyaltyPoints?: number;
  tierExpiryDate?: string;
  pointsExpiryDate?: string;
}

export interface WireAssociation {
  hierarchyCode?: string;
  roleCode?: string;
  parentCustomer?: WireRelative;
  childCustomers?: WireRelative[];
  fleetCompany?: { externalId: string };
  childRoleCode?: string;
}

/** One element of a bulk call. */
export interface WireItem {
  profiles: [WireProfile];
  extendedFields?: WireFields;
  loyaltyInfo: { loyaltyType: 'loyalty' | 'non_loyalty' };
  loyaltyProgramEnrollments?: WireEnrollment[];
  associationDetails?: WireAssociation;
  createDate?: string;
  associatedWith?: string;
}
