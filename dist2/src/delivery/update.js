/** The keys that no other update may touch while this one is in flight: its customer's and its children's. */
export function ownedKeys(update) {
    return [...update.customer, ...update.children.flat()];
}
/** Whether sending an update twice has the effect of sending it once. */
export function isSafeToRepeat({ credit }) {
    return credit === undefined;
}
/** Puts the credit of an update, if it has one, under an id and a lease. */
export function guardCredit(update, guard) {
    return update.credit && guard ? { ...update, credit: { ...update.credit, ...guard } } : update;
}
//# sourceMappingURL=update.js.map