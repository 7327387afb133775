import { MAX_CHANNELS } from '../../customers/dto/customer-profile.dto.js';
import { MAX_CARDS, MAX_IDENTIFIERS } from '../../customers/dto/customer-reference.dto.js';
import { MAX_CHILDREN } from '../../hierarchy/dto/association.dto.js';
import { isReservedName } from '../../validation/json-body.js';
import { Problem } from '../../problems/problem.js';
import { MAX_PROGRAMS } from '../../loyalty/dto/enrollment.dto.js';
/** Fields with whole numbers, and fields with booleans. All other fields are text. */
const WHOLE_NUMBERS = new Set(['programId', 'tierNumber', 'loyaltyPoints', 'seriesId']);
const BOOLEANS = new Set(['primary', 'verified', 'residence', 'office']);
/** Maps of the organization's own fields. All their values are text. */
const MAPS = new Set(['fields', 'extendedFields']);
/** The lists of the DTOs, with their bounds. Only the name of a list may have a position after it. */
const LISTS = new Map([
    ['identifiers', MAX_IDENTIFIERS],
    ['cards', MAX_CARDS],
    ['commChannels', MAX_CHANNELS],
    ['programs', MAX_PROGRAMS],
    ['childCustomers', MAX_CHILDREN],
]);
/** Our bounds. */
const MAX_COLUMNS = 500;
const MAX_DEPTH = 8;
function unreadable(detail) {
    return new Problem('upload-unreadable', { detail });
}
function noPath(column) {
    return unreadable(`The name of column ${column} is not the path of a field.`);
}
const isDigits = (word) => /^\d+$/.test(word);
function readPosition(word, list, column) {
    if (!isDigits(word))
        throw noPath(column);
    const last = (LISTS.get(list) ?? 0) - 1;
    if (Number(word) <= last)
        return Number(word);
    throw unreadable(`The name of column ${column} has a position in ${list} over the limit of ${last}.`);
}
function readColumn(name, column) {
    const words = name.trim().split('.');
    if (words.length > MAX_DEPTH || words.some((word) => word === '' || isReservedName(word))) {
        throw noPath(column);
    }
    // Everything after the name of a map is one name.
    const map = words.findIndex((word) => MAPS.has(word));
    if (map === words.length - 1)
        throw noPath(column);
    const outside = map < 0 ? words : words.slice(0, map + 1);
    const type = map < 0 && outside.at(-2) === 'identifiers' ? outside.at(-1) : undefined;
    const identifierType = type === undefined || isDigits(type) ? undefined : type;
    const path = outside.map((word, at) => {
        const list = outside[at - 1] ?? '';
        if (LISTS.has(list)) {
            // An identifier without a position comes after all that have one, in the order of the header.
            const isTyped = identifierType !== undefined && at === outside.length - 1;
            return isTyped ? MAX_IDENTIFIERS + column : readPosition(word, list, column);
        }
        if (isDigits(word))
            throw noPath(column);
        return word;
    });
    if (identifierType !== undefined)
        return { path, identifierType };
    return { path: map < 0 ? path : [...path, words.slice(map + 1).join('.')] };
}
/** Reads a header: each name is the path of a field, such as `cards.0.number`. */
export function readHeader(names) {
    if (names.length > MAX_COLUMNS)
        throw unreadable(`The header has more than ${MAX_COLUMNS} columns.`);
    const columns = names.map((name, index) => readColumn(name, index + 1));
    const values = new Set();
    const holders = new Set();
    for (const [index, { path }] of columns.entries()) {
        const [name = '', ...above] = path.map((_word, at) => JSON.stringify(path.slice(0, path.length - at)));
        // A column for a value and another for a field inside of it would overwrite one another.
        if (values.has(name) || holders.has(name) || above.some((one) => values.has(one))) {
            throw unreadable(`The name of column ${index + 1} repeats or overlaps with the name of an earlier column.`);
        }
        values.add(name);
        for (const one of above)
            holders.add(one);
    }
    return columns;
}
function readCell(text, { path, identifierType }) {
    if (identifierType !== undefined)
        return { type: identifierType, value: text };
    const name = String(path.at(-1));
    const isInMap = path.some((word, at) => at < path.length - 1 && MAPS.has(String(word)));
    if (isInMap)
        return text;
    if (WHOLE_NUMBERS.has(name) && /^-?\d{1,15}$/.test(text))
        return Number(text);
    if (BOOLEANS.has(name) && (text === 'true' || text === 'false'))
        return text === 'true';
    return text; // validation reports what is wrong with it
}
function place(row, path, value) {
    let holder = row;
    for (const word of path.slice(0, -1)) {
        const inner = (holder.get(word) ?? new Map());
        holder.set(word, inner);
        holder = inner;
    }
    holder.set(path.at(-1) ?? '', value);
}
/** Turns holders into objects, and holders of positions into lists in the order of the positions. */
function toJson(value) {
    if (!(value instanceof Map))
        return value;
    const entries = [...value].map(([word, one]) => [
        word,
        toJson(one),
    ]);
    if (typeof entries[0]?.[0] !== 'number')
        return Object.fromEntries(entries);
    return entries.toSorted(([one], [other]) => Number(one) - Number(other)).map(([, one]) => one);
}
/** Reads a row by its header. The field of an empty cell is absent. */
export function readRow(header, cells) {
    const row = new Map();
    for (const [index, column] of header.entries()) {
        const cell = cells[index] ?? '';
        if (cell !== '')
            place(row, column.path, readCell(cell, column));
    }
    return toJson(row);
}
//# sourceMappingURL=csv-field-paths.js.map