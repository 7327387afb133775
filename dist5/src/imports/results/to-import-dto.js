const MINUTE_MS = 60_000;
/** Our bound: an estimate beyond a year is of no use. */
const MAX_ESTIMATE_MS = 365 * 24 * 60 * MINUTE_MS;
/** Computes the lines per minute since the import began or was resumed, and when it will end at this rate. */
function computePace(found, settled, now) {
    const { state, goingSince, settledBefore, finishedAt, total } = found;
    const isActive = state === 'running' || state === 'cancelling';
    if (!goingSince || (!isActive && !finishedAt))
        return {};
    const until = finishedAt ?? now;
    const perMs = (settled - settledBefore) / Math.max(1, until.getTime() - goingSince.getTime());
    const rate = Math.round(perMs * MINUTE_MS);
    if (finishedAt || perMs <= 0)
        return { rate };
    const remainingMs = (total - settled) / perMs;
    return remainingMs > MAX_ESTIMATE_MS
        ? { rate }
        : { rate, estimatedEnd: new Date(now.getTime() + remainingMs).toISOString() };
}
/** Maps a stored import to the DTO of responses and events. */
export function toImportDto(found, now = new Date()) {
    const { id, kind, state, onInvalid, retryOf, lineCount: lines, total, invalid, version } = found;
    const { updated, rejected, failed, unknown, calls, firstWaitingLine } = found;
    const { createdAt, finishedAt, emptiedAt } = found;
    const { source, accountId } = found.route;
    const settled = updated + rejected + failed + unknown;
    return {
        id,
        kind,
        state,
        onInvalid,
        source,
        ...(accountId !== undefined && { accountId }),
        ...(retryOf !== null && { retryOf }),
        lines,
        total,
        invalid,
        updated,
        rejected,
        failed,
        unknown,
        waiting: total - settled,
        ...(firstWaitingLine !== null && { firstWaitingLine }),
        calls,
        ...computePace(found, settled, now),
        version,
        createdAt: createdAt.toISOString(),
        ...(finishedAt && { finishedAt: finishedAt.toISOString() }),
        ...(emptiedAt && { emptiedAt: emptiedAt.toISOString() }),
    };
}
//# sourceMappingURL=to-import-dto.js.map