import type { Identifier } from '../upstream/call-result.js';

/** A normalized identifier, such as `mobile:919900000001`. Within one route it identifies one customer. */
export type CustomerKey = string & { readonly __brand: 'CustomerKey' };

/** The vendor's tables use both names for a card. Source: docs/vendor-contract.md section 2. */
const SAME_TYPE: Readonly<Record<string, string>> = { card: 'cardnumber' };

/** Normalizes an identifier: the key is the same, however a caller or the vendor spells it. */
export function customerKey({ type, value }: Identifier): CustomerKey {
  const text = value.trim();
  switch (type) {
    case 'mobile':
      return `mobile:${text.replace(/[^\d*]/g, '')}` as CustomerKey;
    case 'email':
      return `email:${text.toLowerCase()}` as CustomerKey;
    default:
      return `${SAME_TYPE[type] ?? type}:${text}` as CustomerKey;
  }
}

/** Whether the vendor hid part of the value, so that it neither proves nor contradicts anything. */
export function isMasked({ value }: Identifier): boolean {
  return value.includes('*');
}
