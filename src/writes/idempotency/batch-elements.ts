import { pointerTo } from '../../validation/json-body.js';
import type { Mistake } from '../../problems/problem.js';
import { isKey } from './read-key.js';
import type { WriteEndpoint } from './write-endpoint.js';

/** As many elements as a batch may hold (DESIGN, "The API"); a longer list is refused when it is read. */
const MAX_ELEMENTS = 1000;

export const ITEM_KEY = 'idempotencyKey';

type Element = Readonly<Record<string, unknown>>;

/** An element with a key of its own, as it was sent. */
export interface KeyedElement {
  readonly index: number;
  readonly key: string;
  /** All of it but the key. */
  readonly content: Element;
  readonly creditsPoints: boolean;
}

function isObject(value: unknown): value is Element {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The elements of a batch before it is read as a DTO; none where it is no batch, or none that could be read. */
export function elementsOf({ list }: WriteEndpoint, body: unknown): readonly unknown[] {
  const elements = list !== undefined && isObject(body) ? body[list] : undefined;
  return Array.isArray(elements) && elements.length <= MAX_ELEMENTS ? (elements as unknown[]) : [];
}

/** Those that have a key that can be one; another one is told as a mistake when the element is read. */
export function keyedElements(endpoint: WriteEndpoint, body: unknown): KeyedElement[] {
  return elementsOf(endpoint, body).flatMap((element, index) => {
    if (!isObject(element)) return [];
    const { [ITEM_KEY]: key, ...content } = element;
    if (!isKey(key)) return [];
    return [{ index, key, content, creditsPoints: endpoint.creditsPoints?.(content) ?? false }];
  });
}

/** Points at each element whose key another one before it has. */
export function repeatedKeys({ list = '' }: WriteEndpoint, keyed: readonly KeyedElement[]): Mistake[] {
  const seen = new Set<string>();
  return keyed.flatMap(({ index, key }) => {
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ pointer: keyPointer(list, index), message: 'stands in the request twice' }];
  });
}

/** Points at each element that credits points and has no key. */
export function keylessCredits(endpoint: WriteEndpoint, body: unknown): Mistake[] {
  const { list = '', creditsPoints } = endpoint;
  return elementsOf(endpoint, body).flatMap((element, index) =>
    creditsPoints?.(element) && !(isObject(element) && ITEM_KEY in element)
      ? [{ pointer: keyPointer(list, index), message: 'is needed where points are credited' }]
      : [],
  );
}

function keyPointer(list: string, index: number): string {
  return pointerTo(pointerTo(pointerTo('', list), index), ITEM_KEY);
}
