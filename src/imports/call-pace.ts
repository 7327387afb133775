import type { Settings } from '../config/settings.js';
import type { ImportKind } from '../records/imports.repository.js';

/** The settings that bound how fast an import can be. */
export type PaceSettings = Pick<
  Settings,
  'UPSTREAM_CALLS_PER_MINUTE' | 'UPSTREAM_MAX_BATCH' | 'UPSTREAM_MAX_BATCH_ASSOCIATIONS'
>;

/** Returns the most lines of one bulk call. */
export function maxLinesPerCall(kind: ImportKind, settings: PaceSettings): number {
  const { UPSTREAM_MAX_BATCH, UPSTREAM_MAX_BATCH_ASSOCIATIONS } = settings;
  return kind === 'associations'
    ? (UPSTREAM_MAX_BATCH_ASSOCIATIONS ?? UPSTREAM_MAX_BATCH)
    : UPSTREAM_MAX_BATCH;
}
