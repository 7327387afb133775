import { pointerTo } from '../../validation/json-body.js';
import type { Mistake } from '../../problems/problem.js';
import type { UpdateKind } from '../update-kind.js';
import { KEY_HEADER, isKey } from './read-key.js';

const ITEM_KEY = 'idempotencyKey';
const REQUIRED = { code: 'required', message: 'is required where points are credited' } as const;

type Item = Readonly<Record<string, unknown>>;

/** The items of a request as they were sent, before they are validated. */
export interface SentItems {
  readonly kind: UpdateKind;
  /** The items of a batch, or the whole body of a request for one update. */
  readonly items: readonly unknown[];
  readonly isBatch: boolean;
}

/** An item with a key of its own. */
export interface KeyedItem {
  readonly index: number;
  readonly key: string;
  /** The item without its key. */
  readonly content: Item;
  readonly creditsPoints: boolean;
}

function isObject(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether an item has a valid key of its own. */
export function hasKey(item: unknown): item is Item & { readonly [ITEM_KEY]: string } {
  return isObject(item) && isKey(item[ITEM_KEY]);
}

/** Finds the items with valid keys; validation reports the other keys as mistakes. */
export function keyedItems({ kind, items, isBatch }: SentItems): KeyedItem[] {
  if (!isBatch) return [];
  return items.flatMap((item, index) => {
    if (!hasKey(item)) return [];
    const { [ITEM_KEY]: key, ...content } = item;
    return [{ index, key, content, creditsPoints: kind.creditsPoints?.(content) ?? false }];
  });
}

/** Points at each item that has the key of an earlier item. */
export function repeatedKeys({ name }: UpdateKind, keyed: readonly KeyedItem[]): Mistake[] {
  const seen = new Set<string>();
  return keyed.flatMap(({ index, key }) => {
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ pointer: keyPointer(name, index), code: 'repeated', message: 'is in the request twice' }];
  });
}

/** Points at all that credits points without a key: items of a batch by their places, one update by the header. */
export function creditsWithoutKey({ kind, items, isBatch }: SentItems): Mistake[] {
  const { name, creditsPoints } = kind;
  if (!creditsPoints) return [];
  return items.flatMap((item, index): Mistake[] => {
    if (!creditsPoints(item)) return [];
    if (!isBatch) return [{ header: KEY_HEADER, ...REQUIRED }];
    if (isObject(item) && ITEM_KEY in item) return [];
    return [{ pointer: keyPointer(name, index), ...REQUIRED }];
  });
}

function keyPointer(list: string, index: number): string {
  return pointerTo(pointerTo(pointerTo('', list), index), ITEM_KEY);
}
