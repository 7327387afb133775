import { objectsIn } from './read-results.js';
/**
 * A shorter value, or a mere word, could be in a message by chance: an update would be rejected for another's fault.
 */
const DISTINCTIVE = /^(?=.*[\d@]).{6,}$/;
function identifiersOf(item) {
    return objectsIn(item.profiles)
        .flatMap((profile) => objectsIn(profile['identifiers']))
        .flatMap(({ value }) => (typeof value === 'string' && DISTINCTIVE.test(value) ? [value] : []));
}
function isPart(character) {
    return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}
function holds(message, value) {
    const at = message.indexOf(value);
    if (at < 0)
        return false;
    return !isPart(message[at - 1]) && !isPart(message[at + value.length]);
}
/**
 * Finds the items that the vendor names when it refuses a call as a whole.
 *
 * @param errors the vendor's `errors`
 * @returns their positions; none unless every error names exactly one item by an identifier
 */
export function namedItems(errors, items) {
    const identifiers = items.map(identifiersOf);
    const named = objectsIn(errors).map(({ message }) => typeof message === 'string'
        ? identifiers.flatMap((values, position) => values.some((value) => holds(message, value)) ? [position] : [])
        : []);
    return named.every((positions) => positions.length === 1) ? [...new Set(named.flat())] : [];
}
//# sourceMappingURL=named-items.js.map