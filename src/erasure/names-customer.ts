import { type CustomerKey, customerKey } from '../delivery/customer-key.js';

/** A customer, by all identifiers that are known. */
export type ErasedCustomer = ReadonlySet<CustomerKey>;

/**
 * Whether an identifier, a card or a channel anywhere in a JSON value is one of the customer's, also as a parent or a
 * child: in what callers send, what the vendor answers, and items as the vendor spells them. Names and free fields say
 * nothing: they may be anybody's.
 */
export function namesCustomer(value: unknown, customer: ErasedCustomer): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, value: named, number, statusLabel } = value as Record<string, unknown>;
  if (
    typeof type === 'string' &&
    typeof named === 'string' &&
    customer.has(customerKey({ type, value: named }))
  ) {
    return true;
  }
  // A card as callers send it.
  const isCard = typeof number === 'string' && typeof statusLabel === 'string';
  if (isCard && customer.has(customerKey({ type: 'cardnumber', value: number }))) return true;
  return Object.values(value).some((inner) => namesCustomer(inner, customer));
}
