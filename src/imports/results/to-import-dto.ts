import type { Route } from '../../delivery/update.js';
import type { StoredImport } from '../../records/imports.repository.js';
import { steadyMs } from '../../upstream/budget-forecast.js';
import { type PaceSettings, maxLinesPerCall } from '../call-pace.js';
import type { ImportDto } from '../dto/import.dto.js';

const MINUTE_MS = 60_000;

/** Our bound: an estimate beyond a year is of no use. */
const MAX_ESTIMATE_MS = 365 * 24 * 60 * MINUTE_MS;

/**
 * Computes how long the calls take at least that the waiting lines need. A call takes as many lines as those so far did
 * on average, so that calls that are made again count as often as they happened.
 */
function callsTakeMs(found: StoredImport, settled: number, settings: PaceSettings): number {
  const { kind, total, invalid, calls } = found;
  const most = maxLinesPerCall(kind, settings);
  const soFar = calls === 0 ? most : (settled - invalid) / calls;
  const linesPerCall = Math.min(most, Math.max(1, soFar));
  return steadyMs((total - settled) / linesPerCall, settings.UPSTREAM_CALLS_PER_MINUTE);
}

/**
 * Computes the lines per minute since the import began or was resumed, and when it will end: at this rate, or at the
 * calls per minute if they are slower. The first calls leave at once, so that the rate alone is too fast at first.
 */
function computePace(
  found: StoredImport,
  settled: number,
  settings: PaceSettings,
  now: Date,
): Pick<ImportDto, 'rate' | 'estimatedEnd'> {
  const { state, goingSince, settledBefore, finishedAt, total } = found;
  const isActive = state === 'running' || state === 'cancelling';
  if (!goingSince || (!isActive && !finishedAt)) return {};
  const until = finishedAt ?? now;
  const perMs = (settled - settledBefore) / Math.max(1, until.getTime() - goingSince.getTime());
  const rate = Math.round(perMs * MINUTE_MS);
  if (finishedAt || perMs <= 0) return { rate };
  const remainingMs = Math.max((total - settled) / perMs, callsTakeMs(found, settled, settings));
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
export function toImportDto(found: StoredImport, settings: PaceSettings, now = new Date()): ImportDto {
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
    ...computePace(found, settled, settings, now),
    version,
    createdAt: createdAt.toISOString(),
    ...(finishedAt && { finishedAt: finishedAt.toISOString() }),
    ...(emptiedAt && { emptiedAt: emptiedAt.toISOString() }),
  };
}
