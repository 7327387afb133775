import { isObject, objectsIn, readCustomerId, readMessages } from '../read-results.js';
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
function pick(from, words) {
    return Object.fromEntries(words.flatMap((word) => (word in from ? [[word, from[word]]] : [])));
}
function readCustomer(customer) {
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
export function readChildrenPage(json) {
    if (!isObject(json))
        return {};
    const { entity, errors } = json;
    const found = [errors, entity?.errors].find((list) => readMessages(list, (message) => message).length > 0);
    if (found !== undefined)
        return { errors: found };
    if (!isObject(entity) || !Array.isArray(entity['customers']))
        return 'errors' in json ? { errors } : {};
    const { count } = entity;
    return {
        page: {
            customers: objectsIn(entity['customers']).map(readCustomer),
            ...(typeof count === 'number' && { count }),
        },
    };
}
//# sourceMappingURL=read-children.js.map