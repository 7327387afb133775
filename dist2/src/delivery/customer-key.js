/** The vendor's tables use both names for a card. Source: docs/vendor-contract.md section 2. */
const SAME_TYPE = { card: 'cardnumber' };
/** Normalizes an identifier: the key is the same, however a caller or the vendor spells it. */
export function customerKey({ type, value }) {
    const text = value.trim();
    switch (type) {
        case 'mobile':
            return `mobile:${text.replace(/[^\d*]/g, '')}`;
        case 'email':
            return `email:${text.toLowerCase()}`;
        default:
            return `${SAME_TYPE[type] ?? type}:${text}`;
    }
}
/** Whether the vendor hid part of the value, so that it neither proves nor contradicts anything. */
export function isMasked({ value }) {
    return value.includes('*');
}
//# sourceMappingURL=customer-key.js.map