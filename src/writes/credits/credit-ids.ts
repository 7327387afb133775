import { createHash } from 'node:crypto';
import type { RecordKey } from '../../records/idempotency-record.js';
import { elementsOf, keyedElements } from '../idempotency/batch-elements.js';
import type { WriteEndpoint } from '../idempotency/write-endpoint.js';

/** By the positions of their updates in the request; 0 for the only one. */
export type CreditIds = ReadonlyMap<number, string>;

/**
 * The id of the credit of an update under a key, which follows from nothing else: whoever works under the key finds what
 * others before did.
 */
export function creditIdOf({ principal, endpoint, key }: RecordKey, index = 0): string {
  const digest = createHash('sha256').update(JSON.stringify([principal, endpoint, key, index]));
  return `key:${digest.digest('base64url')}`;
}

/**
 * The credits that the key of a request guards, told from its body before that is validated. An item with a key of its
 * own is guarded by that, whatever request it comes in.
 */
export function creditIdsOf(record: RecordKey, endpoint: WriteEndpoint, body: unknown): CreditIds {
  const { list, creditsPoints } = endpoint;
  if (!creditsPoints) return new Map();
  if (list === undefined) return new Map(creditsPoints(body) ? [[0, creditIdOf(record)]] : []);
  const own = new Set(keyedElements(endpoint, body).map(({ index }) => index));
  return new Map(
    elementsOf(endpoint, body).flatMap((element, index) =>
      creditsPoints(element) && !own.has(index) ? [[index, creditIdOf(record, index)]] : [],
    ),
  );
}
