import { createHash } from 'node:crypto';
import { hasKey } from '../idempotency/sent-items.js';
/**
 * Derives the id of the credit of an update from the key alone, so that each process that works under the key finds what
 * earlier ones did.
 */
export function creditIdOf({ principal, endpoint, key }, index = 0) {
    const digest = createHash('sha256').update(JSON.stringify([principal, endpoint, key, index]));
    return `key:${digest.digest('base64url')}`;
}
/**
 * Finds the credits that the key of a request guards, before its items are validated. An item with a key of its own is
 * guarded by that key, whatever request it comes in.
 */
export function creditIdsOf(record, sent) {
    const { creditsPoints } = sent.kind;
    if (!creditsPoints)
        return new Map();
    return new Map(sent.items.flatMap((item, index) => creditsPoints(item) && !(sent.isBatch && hasKey(item)) ? [[index, creditIdOf(record, index)]] : []));
}
//# sourceMappingURL=credit-ids.js.map