/** Fills in `DEFAULT_LOYALTY_TYPE` where it is set and the item has no loyaltyType; otherwise validation reports that. */
export function withDefaultLoyaltyType(sent, { DEFAULT_LOYALTY_TYPE: loyaltyType }) {
    if (loyaltyType === undefined || typeof sent !== 'object' || sent === null)
        return sent;
    if (Array.isArray(sent) || 'loyaltyType' in sent)
        return sent;
    return { ...sent, loyaltyType };
}
//# sourceMappingURL=default-loyalty-type.js.map