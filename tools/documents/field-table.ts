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
  row('profiles[].firstName', ['CustomerDto.firstName'], VENDOR),
  row('profiles[].lastName', ['CustomerDto.lastName'], VENDOR),
  row('profiles[].identifiers[].type', ['IdentifierDto.type'], VENDOR_LIST),
  row(
    'profiles[].identifiers[].value',
    ['IdentifierDto.value', 'CardDto.number'],
    `${VENDOR} for e-mail; else us`,
  ),
  row('profiles[].identifiers[].seriesId', ['CardDto.seriesId'], OURS),
  row('profiles[].identifiers[].seriesCode', ['CardDto.seriesCode'], OURS),
  row('profiles[].identifiers[].statusLabel', ['CardDto.statusLabel'], OURS),
  row('profiles[].identifiers[].cardExternalId', ['CardDto.cardExternalId'], OURS),
  row('profiles[].identifiers[].extendedFields', ['CardDto.extendedFields'], OURS),
  row('profiles[].commChannels[].type', ['CommChannelDto.type'], VENDOR_LIST),
  row('profiles[].commChannels[].value', ['CommChannelDto.value'], OURS),
  row('profiles[].commChannels[].primary', ['CommChannelDto.primary'], NO_BOUND),
  row('profiles[].commChannels[].verified', ['CommChannelDto.verified'], NO_BOUND),
  row(
    'profiles[].commChannels[].meta.lastViewedDate',
    ['CommChannelMetaDto.lastViewedDate'],
    VENDOR,
    'date, or date-time with offset',
  ),
  row('profiles[].commChannels[].meta.residence', ['CommChannelMetaDto.residence'], NO_BOUND),
  row('profiles[].commChannels[].meta.office', ['CommChannelMetaDto.office'], NO_BOUND),
  row('profiles[].fields', ['CustomerDto.fields'], OURS),
  row('profiles[].source', ['query source'], VENDOR_LIST),
  row('profiles[].accountId', ['query accountId'], OURS),
  row('extendedFields', ['CustomerDto.extendedFields'], OURS),
  row(
    'loyaltyInfo.loyaltyType',
    ['CustomerUpdateDto.loyaltyType', 'MembershipDto.loyaltyType', 'AssociationDto.loyaltyType'],
    VENDOR_LIST,
  ),
  row('loyaltyProgramEnrollments[].programId', ['ProgramDto.programId'], 'us: what JSON keeps exactly'),
  row('loyaltyProgramEnrollments[].tierNumber', ['ProgramDto.tierNumber'], `${VENDOR} below; us above`),
  row(
    'loyaltyProgramEnrollments[].loyaltyPoints',
    ['ProgramDto.loyaltyPoints'],
    'us: what JSON keeps exactly',
    POINTS,
  ),
  row('loyaltyProgramEnrollments[].tierExpiryDate', ['ProgramDto.tierExpiryDate'], VENDOR, DATE),
  row('loyaltyProgramEnrollments[].pointsExpiryDate', ['ProgramDto.pointsExpiryDate'], VENDOR, DATE),
  row(
    'associationDetails.hierarchyCode',
    ['AssociationDto.hierarchyCode', 'AssociationPartDto.hierarchyCode'],
    OURS,
  ),
  row('associationDetails.roleCode', ['AssociationDto.roleCode', 'AssociationPartDto.roleCode'], OURS),
  row(
    'associationDetails.childRoleCode',
    ['AssociationDto.childRoleCode', 'AssociationPartDto.childRoleCode'],
    OURS,
  ),
  row(
    'associationDetails.parentCustomer',
    ['AssociationDto.parentCustomer', 'AssociationPartDto.parentCustomer'],
    NO_BOUND,
  ),
  row(
    'associationDetails.childCustomers[]',
    ['AssociationDto.childCustomers', 'AssociationPartDto.childCustomers'],
    'us: the vendor bounds roles, not calls',
  ),
  row('associationDetails.fleetCompany.externalId', ['FleetCompanyDto.externalId'], OURS),
  row('createDate', ['CustomerUpdateDto.createDate'], VENDOR, DATE),
  row('associatedWith', ['CustomerUpdateDto.associatedWith'], OURS),
  row('?associationEntityType', ['ChildrenSearchDto.parent', 'ChildrenSearchDto.company'], VENDOR_LIST),
  row('?associationEntityIdentifierType', ['ParentIdentifierDto.type'], VENDOR_LIST),
  row('?associationEntityIdentifierValue', ['ParentIdentifierDto.value', 'FleetCompanyDto.externalId'], OURS),
  row('?limit', ['ChildrenSearchDto.limit'], OURS, 'customers'),
  row('?offset', ['ChildrenSearchDto.offset'], OURS, 'customers'),
  row('?sortBy', ['ChildrenSearchDto.sortBy'], VENDOR_LIST),
  row('?sortOrder', ['ChildrenSearchDto.sortOrder'], VENDOR_LIST),
  row('?includeNoOfChildren', ['ChildrenSearchDto.includeNoOfChildren'], NO_BOUND),
  row('?includeCustomerAssociateDetail', ['ChildrenSearchDto.includeCustomerAssociateDetail'], NO_BOUND),
];
