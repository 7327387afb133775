import { customerKey } from '../delivery/customer-key.js';
/**
 * Whether a JSON value contains an identifier, a card or a channel of the customer, also as a parent or a child: in
 * requests, in responses of the vendor, and in the vendor's items. Names and free fields prove nothing: other customers may
 * have the same.
 */
export function namesCustomer(value, customer) {
    if (typeof value !== 'object' || value === null)
        return false;
    const { type, value: named, number, statusLabel } = value;
    if (typeof type === 'string' &&
        typeof named === 'string' &&
        customer.has(customerKey({ type, value: named }))) {
        return true;
    }
    // A card as callers send it.
    const isCard = typeof number === 'string' && typeof statusLabel === 'string';
    if (isCard && customer.has(customerKey({ type: 'cardnumber', value: number })))
        return true;
    return Object.values(value).some((inner) => namesCustomer(inner, customer));
}
//# sourceMappingURL=names-customer.js.map