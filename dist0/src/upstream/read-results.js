import { lookUpCode } from './code-catalog.js';
export function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
export function objectsIn(value) {
    return Array.isArray(value) ? value.filter(isObject) : [];
}
/**
 * Reads `errors` or `warnings`. An entry without a code means nothing and is left out; successes carry `{}`. Source:
 * docs/vendor-contract.md section 3.
 */
export function readMessages(value, clean) {
    return entriesOf(value).flatMap(({ code, message }) => {
        const number = readCode(code);
        if (number === undefined)
            return [];
        const { meaning, type, status } = lookUpCode(number);
        return [{ code: number, message: typeof message === 'string' ? clean(message) : meaning, type, status }];
    });
}
/** A single entry may come without its list. */
function entriesOf(value) {
    return isObject(value) ? [value] : objectsIn(value);
}
function readCode(code) {
    const number = typeof code === 'string' && /^\d{1,9}$/.test(code) ? Number(code) : code;
    return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}
/** Whether the value is neither a code nor a known way to report no error. */
function isUnreadable(errors) {
    if (errors === undefined || errors === null)
        return false;
    if (!Array.isArray(errors) && !isObject(errors))
        return true;
    return entriesOf(errors).some(({ code }) => code !== undefined && code !== null && readCode(code) === undefined);
}
/** The most serious first: when points may have been credited, no other error makes that certain. */
const GRAVITY = ['ambiguous', 'rejected', 'update-failed', 'not-processed'];
function verdictOf(errors) {
    if (errors.length === 0)
        return 'updated';
    const classes = new Set(errors.map(({ code }) => lookUpCode(code).class));
    return GRAVITY.find((verdict) => classes.has(verdict)) ?? 'rejected';
}
function readIdentifiers(customer) {
    return objectsIn(customer.profiles)
        .flatMap((profile) => [...objectsIn(profile['identifiers']), ...objectsIn(profile['identifiersAll'])])
        .flatMap(({ type, value }) => typeof type === 'string' && (typeof value === 'string' || typeof value === 'number')
        ? [{ type, value: String(value) }]
        : [])
        .filter((identifier, index, all) => all.findIndex(({ type, value }) => type === identifier.type && value === identifier.value) === index);
}
export function readCustomerId(customer) {
    const candidates = [customer.id, ...objectsIn(customer.profiles).map((profile) => profile['userId'])];
    return candidates.find((id) => typeof id === 'number' && Number.isSafeInteger(id) && id > 0);
}
function readChild(customer, clean) {
    const errors = readMessages(customer.errors, clean);
    const customerId = readCustomerId(customer);
    return {
        verdict: verdictOf(errors),
        identifiers: readIdentifiers(customer),
        ...(customerId !== undefined && { customerId }),
        errors,
        warnings: readMessages(customer.warnings, clean),
    };
}
function readChildren(result, customer, clean) {
    const own = isObject(customer.associationDetails)
        ? customer.associationDetails['childCustomers']
        : undefined;
    const listed = objectsIn(result.childEntities);
    return (listed.length > 0 ? listed : objectsIn(own)).map((child) => readChild(child, clean));
}
/** Reads one element of the answer, in its bare form or as `{ entity, childEntities }`. */
export function readItemResult(element, clean) {
    const result = isObject(element) ? element : {};
    const customer = isObject(result.entity) ? result.entity : result;
    // An element that has a code and no customer is an error itself.
    const isBareError = customer === result && !('profiles' in result) && 'code' in result;
    const outside = isBareError ? { errors: [result] } : customer === result ? {} : result;
    const inside = readChild(customer, clean);
    const errors = [...inside.errors, ...readMessages(outside.errors, clean)];
    const isDoubtful = errors.length === 0 && (isUnreadable(customer.errors) || isUnreadable(outside.errors));
    return {
        ...inside,
        verdict: isObject(element) && !isDoubtful ? verdictOf(errors) : 'ambiguous',
        errors,
        warnings: [...inside.warnings, ...readMessages(outside.warnings, clean)],
        children: readChildren(result, customer, clean),
        childFailureCount: typeof result.childFailureCount === 'number' ? result.childFailureCount : 0,
    };
}
//# sourceMappingURL=read-results.js.map