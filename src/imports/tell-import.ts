import type { Route } from '../delivery/update.js';
import type { StoredImport } from '../storage/imports.repository.js';
import type { ImportDto } from './dto/import.dto.js';

/** An import as it is told, in answers and in events. */
export function tellImport(found: StoredImport): ImportDto {
  const { id, kind, state, onInvalid, retryOf, lineCount: lines, total, invalid, version } = found;
  const { updated, rejected, failed, unknown, createdAt, finishedAt, emptiedAt } = found;
  const { source, accountId } = found.route as unknown as Route;
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
    waiting: total - updated - rejected - failed - unknown,
    version,
    createdAt: createdAt.toISOString(),
    ...(finishedAt && { finishedAt: finishedAt.toISOString() }),
    ...(emptiedAt && { emptiedAt: emptiedAt.toISOString() }),
  };
}
