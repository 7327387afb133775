import { createHash } from 'node:crypto';
import type { RecordKey } from '../../records/idempotency-record.js';
import { type SentItems, hasKey } from '../idempotency/sent-items.js';

/** The ids of a request's credits, by the positions of their updates. */
export type CreditIds = ReadonlyMap<number, string>;

/**
 * Derives the id of the credit of an update from the key alone, so that each process that works under the key finds what
 * earlier ones did.
 */
export function creditIdOf({ principal, endpoint, key }: RecordKey, index = 0): string {
  const digest = createHash('sha256').update(JSON.stringify([principal, endpoint, key, index]));
  return `key:${digest.digest('base64url')}`;
}

/**
 * Finds the credits that the key of a request guards, before its items are validated. An item with a key of its own is
 * guarded by that key, whatever request it comes in.
 */
export function creditIdsOf(record: RecordKey, sent: SentItems): CreditIds {
  const { creditsPoints } = sent.kind;
  if (!creditsPoints) return new Map();
  return new Map(
    sent.items.flatMap((item, index) =>
      creditsPoints(item) && !(sent.isBatch && hasKey(item)) ? [[index, creditIdOf(record, index)]] : [],
    ),
  );
}
