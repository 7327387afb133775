import { customerKey, isMasked } from '../customer-key.js';
/**
 * Matches each update of a call with the result that is proved to be its own.
 *
 * An identifier in common with exactly one update is proof; several results for one update must have the same verdict.
 * A result without identifiers is matched by its position, but only when the counts agree and nothing contradicts the
 * order: no result names a stranger, or a customer of another position. Anything that cannot be proved stays undefined,
 * so that no caller gets the result of another caller's customer. Source: docs/vendor-contract.md section 3.
 *
 * @param customers for each update in the order sent, the keys of its customer
 */
export function matchResults(customers, results) {
    const owners = new Map();
    customers.forEach((keys, position) => keys.forEach((key) => owners.set(key, position)));
    const proofs = results.map(({ identifiers }, place) => {
        const unmasked = identifiers.filter((identifier) => !isMasked(identifier));
        const named = [...new Set(unmasked.flatMap((identifier) => owners.get(customerKey(identifier)) ?? []))];
        const isNameless = unmasked.length === 0;
        // An asterisk may be the caller's own. Then it proves nothing, as it may be another's mask, but it fits its position.
        const isEchoed = identifiers.some((one) => isMasked(one) && customers[place]?.includes(customerKey(one)));
        const [owner = isNameless || isEchoed ? place : undefined, ...others] = named;
        return { named, fitsItsPlace: owner === place && others.length === 0 };
    });
    const orderHolds = results.length === customers.length && proofs.every(({ fitsItsPlace }) => fitsItsPlace);
    if (orderHolds)
        return [...results];
    const own = new Map();
    results.forEach((result, index) => {
        const { named = [] } = proofs[index] ?? {};
        const [position] = named;
        if (position !== undefined && named.length === 1)
            own.set(position, [...(own.get(position) ?? []), result]);
    });
    return customers.map((_, position) => {
        const [first, ...others] = own.get(position) ?? [];
        return first && others.every(({ verdict }) => verdict === first.verdict) ? first : undefined;
    });
}
//# sourceMappingURL=match-results.js.map