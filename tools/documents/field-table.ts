/** Maps one of the vendor's fields to our API. */
export interface FieldRow {
  /** Path in the vendor's item, or in its query and headers. Source: docs/vendor-contract.md sections 1, 2 and 7. */
  readonly wire: string;
  /** Each place in our API: a schema of the OpenAPI document and a property of it, or a query parameter. */
  readonly api: readonly string[];
  readonly unit?: string;
  /** Who set the bound. */
  readonly boundBy: string;
}

const VENDOR = 'the vendor (docs/vendor-contract.md section 2)';
const VENDOR_LIST = 'the vendor: the values it documents';
const OURS = 'us: the vendor documents none';
const NO_BOUND = 'none';
const DATE = 'date-time with offset';
const POINTS = 'points';

function row(wire: string, api: readonly string[], boundBy: string, unit?: string): FieldRow {
  return { wire, api, boundBy, ...(unit !== undefined && { unit }) };
}

/** Every field of the vendor's bulk update and of its list of children. docs/fields.md is generated from it. */
export const FIELD_TABLE: readonly FieldRow[] = [
  row('?source', ['query source'], VENDOR_LIST),
  row('?accountId', ['query accountId'], OURS),
  row('X-CAP-API-ATTRIBUTION-ENTITY-TYPE', ['query attributionType'], VENDOR_LIST),
  row('X-CAP-API-ATTRIBUTION-ENTITY-CODE', ['query attributionCode'], OURS),
  row('profiles[].firstName', ['Customer.firstName'], VENDOR),
  row('profiles[].lastName', ['Customer.lastName'], VENDOR),
  row('profiles[].identifiers[].type', ['Identifier.type'], VENDOR_LIST),
  row('profiles[].identifiers[].value', ['Identifier.value', 'Card.number'], `${VENDOR} for e-mail; else us`),
  row('profiles[].identifiers[].seriesId', ['Card.seriesId'], OURS),
  row('profiles[].identifiers[].seriesCode', ['Card.seriesCode'], OURS),
  row('profiles[].identifiers[].statusLabel', ['Card.statusLabel'], OURS),
  row('profiles[].identifiers[].cardExternalId', ['Card.cardExternalId'], OURS),
  row('profiles[].identifiers[].extendedFields', ['Card.extendedFields'], OURS),
  row('profiles[].commChannels[].type', ['CommChannel.type'], VENDOR_LIST),
  row('profiles[].commChannels[].value', ['CommChannel.value'], OURS),
  row('profiles[].commChannels[].primary', ['CommChannel.primary'], NO_BOUND),
  row('profiles[].commChannels[].verified', ['CommChannel.verified'], NO_BOUND),
  row(
    'profiles[].commChannels[].meta.lastViewedDate',
    ['CommChannelMeta.lastViewedDate'],
    VENDOR,
    'date, or date-time with offset',
  ),
  row('profiles[].commChannels[].meta.residence', ['CommChannelMeta.residence'], NO_BOUND),
  row('profiles[].commChannels[].meta.office', ['CommChannelMeta.office'], NO_BOUND),
  row('profiles[].fields', ['Customer.fields'], OURS),
  row('profiles[].source', ['query source'], VENDOR_LIST),
  row('profiles[].accountId', ['query accountId'], OURS),
  row('extendedFields', ['Customer.extendedFields'], OURS),
  row(
    'loyaltyInfo.loyaltyType',
    ['CustomerUpdate.loyaltyType', 'Membership.loyaltyType', 'Association.loyaltyType'],
    VENDOR_LIST,
  ),
  row(
    'loyaltyProgramEnrollments[].programId',
    ['ProgramEnrollment.programId'],
    'us: what JSON keeps exactly',
  ),
  row(
    'loyaltyProgramEnrollments[].tierNumber',
    ['ProgramEnrollment.tierNumber'],
    `${VENDOR} below; us above`,
  ),
  row(
    'loyaltyProgramEnrollments[].loyaltyPoints',
    ['ProgramEnrollment.loyaltyPoints'],
    'us: what JSON keeps exactly',
    POINTS,
  ),
  row('loyaltyProgramEnrollments[].tierExpiryDate', ['ProgramEnrollment.tierExpiryDate'], VENDOR, DATE),
  row('loyaltyProgramEnrollments[].pointsExpiryDate', ['ProgramEnrollment.pointsExpiryDate'], VENDOR, DATE),
  row(
    'associationDetails.hierarchyCode',
    ['Association.hierarchyCode', 'AssociationPart.hierarchyCode'],
    OURS,
  ),
  row('associationDetails.roleCode', ['Association.roleCode', 'AssociationPart.roleCode'], OURS),
  row(
    'associationDetails.childRoleCode',
    ['Association.childRoleCode', 'AssociationPart.childRoleCode'],
    OURS,
  ),
  row(
    'associationDetails.parentCustomer',
    ['Association.parentCustomer', 'AssociationPart.parentCustomer'],
    NO_BOUND,
  ),
  row(
    'associationDetails.childCustomers[]',
    ['Association.childCustomers', 'AssociationPart.childCustomers'],
    'us: the vendor bounds roles, not calls',
  ),
  row('associationDetails.fleetCompany.externalId', ['FleetCompany.externalId'], OURS),
  row('createDate', ['CustomerUpdate.createDate'], VENDOR, DATE),
  row('associatedWith', ['CustomerUpdate.associatedWith'], OURS),
  row('?associationEntityType', ['ChildrenSearch.parent', 'ChildrenSearch.company'], VENDOR_LIST),
  row('?associationEntityIdentifierType', ['ParentIdentifier.type'], VENDOR_LIST),
  row('?associationEntityIdentifierValue', ['ParentIdentifier.value', 'FleetCompany.externalId'], OURS),
  row('?limit', ['ChildrenSearch.limit'], OURS, 'customers'),
  row('?offset', ['ChildrenSearch.offset'], OURS, 'customers'),
  row('?sortBy', ['ChildrenSearch.sortBy'], VENDOR_LIST),
  row('?sortOrder', ['ChildrenSearch.sortOrder'], VENDOR_LIST),
  row('?includeNoOfChildren', ['ChildrenSearch.includeNoOfChildren'], NO_BOUND),
  row('?includeCustomerAssociateDetail', ['ChildrenSearch.includeCustomerAssociateDetail'], NO_BOUND),
];
