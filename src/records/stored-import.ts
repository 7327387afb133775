import { DecryptionFailed, type FieldCipher } from './encryption/field-cipher.js';
import type { ImportState } from './import-state.js';

export type ImportKind = 'customers' | 'memberships' | 'enrollments' | 'associations' | 'updates';

/** Everything that an import can wait for. The columns and the DTO know the same words. */
export const WAITING_FOR = [
  'breaker',
  'budget',
  'credentials',
  'configuration',
  'vendor',
  'database',
  'queue',
  'retries',
] as const;

export type WaitingFor = (typeof WAITING_FOR)[number];

/** An import and its progress. */
export interface StoredImport {
  readonly id: string;
  /** The owner. */
  readonly principal: string;
  readonly kind: ImportKind;
  /** Source, account and attribution. */
  readonly route: Record<string, unknown>;
  readonly onInvalid: 'reject' | 'skip';
  readonly state: ImportState;
  readonly retryOf: string | null;
  /** The import of its failed lines. */
  readonly retriedBy: string | null;
  /** Why it does not progress now, as the process that works on it last noted. */
  readonly waitingFor: WaitingFor | null;
  /** Lines of the upload, including empty ones. */
  readonly lineCount: number;
  /** Lines that contain an update, or should. */
  readonly total: number;
  /** Invalid lines; they are also counted as rejected. */
  readonly invalid: number;
  readonly updated: number;
  readonly rejected: number;
  readonly failed: number;
  readonly unknown: number;
  /** Lines with a result that were in a bulk call; null for an import from before these were counted. */
  readonly sent: number | null;
  /** Bulk calls to the vendor that contained lines of this import, so far. */
  readonly calls: number;
  /** The first line of the first chunk that is not done. */
  readonly firstWaitingLine: number | null;
  /** When it was started, or resumed. */
  readonly goingSince: Date | null;
  /** Lines that had a result by then. */
  readonly settledBefore: number;
  /** Grows with every change. */
  readonly version: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  /** When lines and results were removed; the counts are kept. */
  readonly emptiedAt: Date | null;
}

/** Selects a `StoredImport` from `meniscus.imports`. */
export const IMPORT_COLUMNS = `id, principal, kind, route, on_invalid as "onInvalid", state, retry_of as "retryOf",
  retried_by as "retriedBy", waiting_for as "waitingFor", sent,
  line_count as "lineCount", total, invalid, updated, rejected, failed, unknown, calls, going_since as "goingSince",
  settled_before as "settledBefore", version, created_at as "createdAt", finished_at as "finishedAt",
  emptied_at as "emptiedAt", (select first_line from meniscus.import_chunks c where c.import_id = imports.id
    and c.state = 'waiting' order by number limit 1) as "firstWaitingLine"`;

/** An import that this process works on, perhaps together with others. */
export interface TakenImport extends Pick<StoredImport, 'id' | 'principal' | 'kind' | 'route'> {
  /** A new UUID, under which chunks are claimed. */
  readonly holder: string;
  /** Whether nothing is sent because a line is invalid. */
  readonly isRefused: boolean;
}

/** The owner of an import, in plain text and as it was encrypted when the import was created. */
export interface OwnedRow {
  readonly id: string;
  readonly principal: string;
  readonly owner: string;
}

/**
 * The encryption context of an import's owner. Lines and results are bound to the id of the import, and through it to the
 * owner, if the owner is verified before a caller reads them and before any of them is sent.
 */
export function ownerContext(importId: string): string {
  return `imports:${importId}`;
}

/**
 * Verifies the owner, and returns the row without the encrypted copy.
 *
 * @throws DecryptionFailed if the principal is not the one who created the import
 */
export function withVerifiedOwner<R extends OwnedRow>(
  cipher: FieldCipher,
  { owner, ...row }: R,
): Omit<R, 'owner'> {
  if (cipher.decrypt(owner, ownerContext(row.id)) === row.principal) return row;
  throw new DecryptionFailed('the principal of an import is not the one who created it', 'not-authentic');
}
