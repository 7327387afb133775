/** Counts how many updates ended with each outcome. */
export function countOutcomes(outcomes) {
    const counts = { updated: 0, rejected: 0, failed: 0, unknown: 0 };
    for (const { outcome } of outcomes)
        counts[outcome]++;
    return counts;
}
//# sourceMappingURL=count-outcomes.js.map