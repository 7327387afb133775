import type { Route } from '../../delivery/update.js';
import type { StoredImport } from '../../records/imports.repository.js';
import type { ImportDto } from '../dto/import.dto.js';

const MINUTE_MS = 60_000;

/** Our bound: an estimate beyond a year is of no use. */
const MAX_ESTIMATE_MS = 365 * 24 * 60 * MINUTE_MS;

/** Computes the lines per minute since the import began or was resumed, and when it will end at this rate. */
function computePace(
  found: StoredImport,
  settled: number,
  now: Date,
): Pick<ImportDto, 'rate' | 'estimatedEnd'> {
  const { state, goingSince, settledBefore, finishedAt, total } = found;
  const isActive = state === 'running' || state === 'cancelling';
  if (!goingSince || (!isActive && !finishedAt)) return {};
  const until = finishedAt ?? now;
  const perMs = (settled - settledBefore) / Math.max(1, until.getTime() - goingSince.getTime());
  const rate = Math.round(perMs * MINUTE_MS);
  if (finishedAt || perMs <= 0) return { rate };
  const remainingMs = (total - settled) / perMs;
  return remainingMs > MAX_ESTIMATE_MS
    ? { rate }
    : { rate, estimatedEnd: new Date(now.getTime() + remainingMs).toISOString() };
}

/** Explains why nothing of an import was sent, and what its owner can do. */
export function whyRefused({ invalid, total }: Pick<StoredImport, 'invalid' | 'total'>): string {
  const are = invalid === 1 ? `1 of ${total} lines is` : `${invalid} of ${total} lines are`;
  return `${are} not valid, so no line was sent. Correct them and upload all lines again, or upload them with onInvalid=skip.`;
}

/** Maps a stored import to the DTO of responses and events. */
export function toImportDto(found: StoredImport, now = new Date()): ImportDto {
  const { id, kind, state, onInvalid, retryOf, retriedBy, lineCount: lines, total, invalid, version } = found;
  const { updated, rejected, failed, unknown, sent, calls, firstWaitingLine, waitingFor } = found;
  const { createdAt, finishedAt, emptiedAt } = found;
  const { source, accountId } = found.route as unknown as Route;
  const settled = updated + rejected + failed + unknown;
  return {
    id,
    kind,
    state,
    ...(state === 'refused' && { detail: whyRefused(found) }),
    ...(waitingFor !== null && { waitingFor }),
    onInvalid,
    source,
    ...(accountId !== undefined && { accountId }),
    ...(retryOf !== null && { retryOf }),
    ...(retriedBy !== null && { retriedBy }),
    lines,
    total,
    invalid,
    updated,
    rejected,
    failed,
    unknown,
    ...(sent !== null && { sent }),
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
