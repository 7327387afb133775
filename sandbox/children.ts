import { writeAssociation, writeProfile } from './answer-form.ts';
import { refuseStranger } from './authenticate.ts';
import type { Customer } from './customer-store.ts';
import { issue, refusal } from './issues.ts';
import type { Refusal } from './issues.ts';
import { refuseAccept } from './media-type.ts';
import { companies } from './organization.ts';
import { readRoute, refuseRoute } from './route.ts';
import { integer, oneOf } from './shape.ts';
import type { Check, JsonObject } from './shape.ts';
import type { OpenedCall, VendorCall } from './vendor-call.ts';

const identifierType = oneOf('mobile', 'email', 'externalId', 'cardnumber', 'wechat', 'martjackId', 'fbId');
const trueOrFalse = oneOf('true', 'false');
const numeric =
  (check: Check): Check =>
  (value, path) =>
    check(/^\d+$/.test(String(value)) ? Number(value) : value, path);

/** The query parameters of docs/vendor-contract.md section 7, besides `source` and `accountId`. */
const parameters: Record<string, Check> = {
  associationEntityType: oneOf('parentCustomer', 'company'),
  associationEntityIdentifierType: identifierType,
  limit: numeric(integer(1)),
  offset: numeric(integer(0)),
  sortBy: oneOf('createdon', 'lastUpdatedOn'),
  sortOrder: oneOf('ASC', 'DESC'),
  includeNoOfChildren: trueOrFalse,
  includeCustomerAssociateDetail: trueOrFalse,
};
const required = [
  'associationEntityType',
  'associationEntityIdentifierType',
  'associationEntityIdentifierValue',
];

/** `GET /v2/customers/bulk`: the customers directly below a parent, or those of a company. */
export function openChildrenCall(call: VendorCall): OpenedCall {
  const refused =
    refuseStranger(call) ?? refuseAccept(call.headers) ?? refuseRoute(call.query) ?? refuseQuery(call.query);
  if (refused) return refuseChildren(refused);
  return { accepted: true, finish: () => listChildren(call) };
}

function listChildren(call: VendorCall): ReturnType<OpenedCall['finish']> {
  const { query, state } = call;
  const below = findBelow(call);
  if (!Array.isArray(below)) return refuseChildren(below).finish();

  const offset = Number(query.get('offset') ?? 0);
  const limit = Number(query.get('limit') ?? 10);
  const page = sortCustomers(below, query).slice(offset, offset + limit);
  const customers = page.map((customer): JsonObject => {
    return {
      profiles: [writeProfile(customer, { withUserId: true })],
      extendedFields: customer.extendedFields,
      ...(query.get('includeNoOfChildren') === 'true'
        ? { noOfChildren: state.customers.countChildren(customer.id) }
        : {}),
      ...(query.get('includeCustomerAssociateDetail') === 'true'
        ? { associationDetails: writeAssociation(customer) }
        : {}),
    };
  });
  const entity = { customers, count: customers.length, errors: [], warnings: [] };
  return { status: 200, body: { entity, warnings: [], errors: [], success: true } };
}

function findBelow({ query, state }: VendorCall): Customer[] | Refusal {
  const route = readRoute(query);
  const value = query.get('associationEntityIdentifierValue') ?? '';
  if (query.get('associationEntityType') === 'company') {
    if (!companies.has(value)) return { status: 400, issue: issue(1703) };
    return state.customers.all().filter(({ source, accountId, association }) => {
      const ofRoute = source === route.source && accountId === route.accountId;
      return ofRoute && association?.companyExternalId === value;
    });
  }
  const type = query.get('associationEntityIdentifierType') ?? '';
  const [parent] = state.customers.find(route, [{ type, value }]);
  return parent ? state.customers.childrenOf(parent.id) : { status: 400, issue: issue(8015) };
}

/** Sorts by id where the times are equal, so that two pages of one list have no customer in common. */
function sortCustomers(customers: Customer[], query: URLSearchParams): Customer[] {
  const timeOf = ({ createdOn, lastUpdatedOn }: Customer): number =>
    (query.get('sortBy') === 'lastUpdatedOn' ? lastUpdatedOn : createdOn).getTime();
  const ascending = customers.toSorted((one, other) => timeOf(one) - timeOf(other) || one.id - other.id);
  return query.get('sortOrder') === 'ASC' ? ascending : ascending.toReversed();
}

function refuseQuery(query: URLSearchParams): Refusal | null {
  const missing = required.find((name) => !query.get(name));
  if (missing !== undefined) return refusal(400, 400, `${missing} is required`);
  for (const [name, check] of Object.entries(parameters)) {
    const value = query.get(name);
    const problem = value === null ? null : check(value, name);
    if (problem !== null) return refusal(400, 400, problem);
  }
  return null;
}

function refuseChildren({ status, issue: error }: Refusal): OpenedCall {
  const body = { entity: null, warnings: [], errors: [error], success: false };
  return { accepted: false, finish: () => ({ status, body }) };
}
