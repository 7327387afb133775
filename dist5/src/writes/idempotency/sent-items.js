import { pointerTo } from '../../validation/json-body.js';
import { KEY_HEADER, isKey } from './read-key.js';
const ITEM_KEY = 'idempotencyKey';
const MESSAGE = 'is needed where points are credited';
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
/** Whether an item has a valid key of its own. */
export function hasKey(item) {
    return isObject(item) && isKey(item[ITEM_KEY]);
}
/** Finds the items with valid keys; validation reports the other keys as mistakes. */
export function keyedItems({ kind, items, isBatch }) {
    if (!isBatch)
        return [];
    return items.flatMap((item, index) => {
        if (!hasKey(item))
            return [];
        const { [ITEM_KEY]: key, ...content } = item;
        return [{ index, key, content, creditsPoints: kind.creditsPoints?.(content) ?? false }];
    });
}
/** Points at each item that has the key of an earlier item. */
export function repeatedKeys({ name }, keyed) {
    const seen = new Set();
    return keyed.flatMap(({ index, key }) => {
        if (!seen.has(key)) {
            seen.add(key);
            return [];
        }
        return [{ pointer: keyPointer(name, index), message: 'is in the request twice' }];
    });
}
/** Points at all that credits points without a key: items of a batch by their places, one update by the header. */
export function creditsWithoutKey({ kind, items, isBatch }) {
    const { name, creditsPoints } = kind;
    if (!creditsPoints)
        return [];
    return items.flatMap((item, index) => {
        if (!creditsPoints(item))
            return [];
        if (!isBatch)
            return [{ header: KEY_HEADER, message: MESSAGE }];
        if (isObject(item) && ITEM_KEY in item)
            return [];
        return [{ pointer: keyPointer(name, index), message: MESSAGE }];
    });
}
function keyPointer(list, index) {
    return pointerTo(pointerTo(pointerTo('', list), index), ITEM_KEY);
}
//# sourceMappingURL=sent-items.js.map