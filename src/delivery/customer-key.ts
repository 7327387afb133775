import type { Identifier } from '../upstream/call-result.js';

/** A normalised identifier, such as `mobile:919900000001`. Within one route it stands for one customer. */
export type CustomerKey = string & { readonly __brand: 'CustomerKey' };

/** The vendor's tables call a card both ways. Source: docs/vendor-contract.md section 2. */
const SAME_TYPE: Readonly<Record<string, string>> = { card: 'cardnumber' };

/** The key of an identifier, spelt alike however a caller or the vendor spells it. */
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
