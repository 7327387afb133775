/** Counts the bulk calls that items need, each call within the bounds of items and bytes. */
class CallCount {
    maxItems;
    maxBytes;
    calls = 0;
    items = Infinity;
    bytes = 0;
    constructor(maxItems, maxBytes) {
        this.maxItems = maxItems;
        this.maxBytes = maxBytes;
    }
    add(bytes) {
        if (this.items >= this.maxItems || this.bytes + bytes > this.maxBytes) {
            this.calls += 1;
            this.items = 0;
            this.bytes = 0;
        }
        this.items += 1;
        this.bytes += bytes;
    }
}
/** Counts the lines, calls and minutes of an import, and stores nothing. */
export async function planImport(lines, { kind }, settings, seen) {
    const { UPSTREAM_MAX_BATCH, UPSTREAM_MAX_BATCH_ASSOCIATIONS, UPSTREAM_MAX_BODY_BYTES } = settings;
    const maxItems = kind === 'associations' ? (UPSTREAM_MAX_BATCH_ASSOCIATIONS ?? UPSTREAM_MAX_BATCH) : UPSTREAM_MAX_BATCH;
    const count = new CallCount(maxItems, UPSTREAM_MAX_BODY_BYTES);
    const plan = { lines: 0, valid: 0, invalid: 0, repeatedCustomers: 0, points: 0 };
    for await (const one of lines) {
        plan.lines = one.line;
        if ('mistakes' in one) {
            plan.invalid += 1;
            continue;
        }
        const { customer, credit, item } = one.update;
        plan.valid += 1;
        plan.points += credit?.points ?? 0;
        count.add(Buffer.byteLength(JSON.stringify(item)) + 1);
        if (seen.add(customer))
            plan.repeatedCustomers += 1;
    }
    const perMinute = settings.UPSTREAM_CALLS_PER_MINUTE;
    const minutes = perMinute === 0 ? 0 : Math.round((count.calls / perMinute) * 10) / 10;
    return {
        ...plan,
        ...(!seen.isComplete && { comparedIdentifiers: seen.count }),
        calls: count.calls,
        minutes,
    };
}
//# sourceMappingURL=plan-dry-run.js.map