import { isObject, objectsIn, readCustomerId, readMessages } from '../read-results.js';
import type { WireChildrenAnswer } from '../wire/children-answer.wire.js';

/** A customer below a parent or company, in our words; what the vendor does not send is absent. */
export interface ChildCustomer {
  readonly customerId?: number;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly identifiers: readonly Readonly<Record<string, unknown>>[];
  readonly commChannels: readonly Readonly<Record<string, unknown>>[];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly extendedFields: Readonly<Record<string, unknown>>;
  readonly noOfChildren?: number;
  readonly association?: Readonly<Record<string, unknown>>;
}

export interface ChildrenPage {
  readonly customers: readonly ChildCustomer[];
  /** The vendor's `count`: of this page or of all customers, which the vendor does not specify. */
  readonly count?: number;
}

const IDENTIFIER_WORDS = [
  'type',
  'value',
  'seriesId',
  'seriesCode',
  'statusLabel',
  'cardExternalId',
  'extendedFields',
];
const CHANNEL_WORDS = ['type', 'value', 'primary', 'verified', 'meta'];
const ASSOCIATION_WORDS = ['hierarchyCode', 'roleCode', 'childRoleCode', 'fleetCompany', 'childCustomer'];

/** Picks the listed fields: the vendor's answers also hold ids of tills and of people. */
function pick(from: Record<string, unknown>, words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(words.flatMap((word) => (word in from ? [[word, from[word]]] : [])));
}

function readCustomer(customer: Record<string, unknown>): ChildCustomer {
  const [profile = {}] = objectsIn(customer['profiles']);
  const { firstName, lastName, fields } = profile;
  const { extendedFields, noOfChildren, associationDetails } = customer;
  const customerId = readCustomerId(customer);
  return {
    ...(customerId !== undefined && { customerId }),
    ...(typeof firstName === 'string' && { firstName }),
    ...(typeof lastName === 'string' && { lastName }),
    identifiers: objectsIn(profile['identifiers']).map((identifier) => pick(identifier, IDENTIFIER_WORDS)),
    commChannels: objectsIn(profile['commChannels']).map((channel) => pick(channel, CHANNEL_WORDS)),
    fields: isObject(fields) ? fields : {},
    extendedFields: isObject(extendedFields) ? extendedFields : {},
    ...(typeof noOfChildren === 'number' && { noOfChildren }),
    ...(isObject(associationDetails) && { association: pick(associationDetails, ASSOCIATION_WORDS) }),
  };
}

/**
 * Reads the answer to a list of children.
 *
 * @returns the page; or the vendor's errors, of the request or within the entity; or neither when it is not the
 *   vendor's JSON
 */
export function readChildrenPage(
  json: unknown,
): { readonly page: ChildrenPage } | { readonly errors: unknown } | Record<string, never> {
  if (!isObject(json)) return {};
  const { entity, errors }: WireChildrenAnswer = json;
  const found = [errors, entity?.errors].find((list) => readMessages(list, (message) => message).length > 0);
  if (found !== undefined) return { errors: found };
  if (!isObject(entity) || !Array.isArray(entity['customers'])) return 'errors' in json ? { errors } : {};
  const { count } = entity;
  return {
    page: {
      customers: objectsIn(entity['customers']).map(readCustomer),
      ...(typeof count === 'number' && { count }),
    },
  };
}
