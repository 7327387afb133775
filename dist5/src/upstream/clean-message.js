/** Long enough for every message of docs/vendor-contract.md, short enough to hold no document. */
const MAX_MESSAGE_LENGTH = 300;
/** A longer text is no message, and not worth the search for personal values in it. */
const MAX_READ_LENGTH = 4000;
/** Shorter values are removed as whole words only: as parts of words they would take the message with them. */
const MIN_PART_LENGTH = 3;
/**
 * A match begins only where a word does: if it could begin at each letter of a long word without an @, the search would
 * be quadratic.
 */
const EMAIL = /(?<![^\s@<>"'])[^\s@<>"']+@[^\s@<>"']+/g;
const LONG_NUMBER = /\+?\d(?:[\s-]?\d){5,}/g;
/** The parts of an item with values that identify or describe a customer. */
const PERSONAL = new Set(['firstName', 'lastName', 'value', 'fields', 'extendedFields', 'cardExternalId']);
/** A name that an organization gives a field. Any other key may hold personal data itself. */
const FIELD_NAME = /^[A-Za-z][A-Za-z_]*\d{0,2}$/;
function* personalValues(node, isPersonal = false) {
    if (typeof node === 'string' || typeof node === 'number' || typeof node === 'boolean') {
        if (isPersonal)
            yield String(node);
    }
    else if (typeof node === 'object' && node !== null) {
        for (const [key, child] of Object.entries(node)) {
            if (isPersonal && !Array.isArray(node) && !FIELD_NAME.test(key))
                yield key;
            yield* personalValues(child, isPersonal || PERSONAL.has(key));
        }
    }
}
/**
 * Makes the cleaner for the answer to these items: numbers, addresses and every personal value that was sent become
 * `…`. The vendor's messages go to callers, and no document limits what the vendor puts into them.
 */
export function cleanerFor(items) {
    let clean; // most answers hold no message
    return (message) => {
        clean ??= cleanerOf([...new Set(personalValues(items))]);
        return clean(message);
    };
}
/** Matches a value in any case: as a part of a word only when it is long enough, and never inside a longer number. */
function finderOf(value) {
    const literal = value.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    const isWholeWord = value.length < MIN_PART_LENGTH || /^(?:[\d.-]+|true|false)$/.test(value);
    return new RegExp(isWholeWord ? `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])` : literal, 'giu');
}
/** Makes a cleaner that removes these values, longest first, and anything that looks like a number or an address. */
export function cleanerOf(values) {
    const longestFirst = values
        .filter((value) => value.trim() !== '')
        .toSorted((one, other) => other.length - one.length);
    return (message) => {
        if (message.length > MAX_READ_LENGTH)
            return '…';
        const lower = message.toLowerCase();
        return longestFirst
            .filter((value) => lower.includes(value.toLowerCase()))
            .reduce((text, value) => text.replaceAll(finderOf(value), '…'), message)
            .replaceAll(EMAIL, '…')
            .replaceAll(LONG_NUMBER, '…')
            .slice(0, MAX_MESSAGE_LENGTH);
    };
}
//# sourceMappingURL=clean-message.js.map