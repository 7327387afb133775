/** For what comes before and after delivery: reading the body, and statements to the database. */
const MARGIN_MS = 5000;
/** Longer than any request takes: its deadline, and a call that is in flight when it passes. */
export function leaseMs({ REQUEST_DEADLINE_MS, UPSTREAM_TIMEOUT_MS }) {
    return REQUEST_DEADLINE_MS + UPSTREAM_TIMEOUT_MS + MARGIN_MS;
}
/** The key may try again. Where an answer was kept after all it stays; where this fails, the lease ends by itself. */
export async function release(leaseToken, records, log) {
    try {
        await records.release(leaseToken);
    }
    catch (error) {
        log.fault('idempotency.not-released', error);
    }
}
//# sourceMappingURL=lease.js.map