function doubtsOf({ doubts, credit }, wave) {
    return [
        ...doubts,
        ...(credit
            ? ['it credits points: if its answer is lost, it is not sent again and the outcome is unknown']
            : []),
        ...(wave > 0 ? ['it shares a customer with an update before it, so it goes in a later call'] : []),
    ];
}
/** Maps planned calls to an answer: what would be sent, what would not, and what is not sure. */
export function toDryRunDto(calls, placed, invalid) {
    const waves = new Map(calls.flatMap(({ updates, wave }) => updates.map((position) => [position, wave])));
    const doubts = placed.flatMap(({ index, update }, position) => doubtsOf(update, waves.get(position) ?? 0).map((message) => ({ index, message })));
    const inRequest = calls.map((call) => ({
        ...call,
        updates: call.updates.flatMap((position) => placed[position]?.index ?? []),
    }));
    return { dryRun: true, calls: inRequest, callCount: calls.length, invalid, doubts };
}
//# sourceMappingURL=to-dry-run-dto.js.map