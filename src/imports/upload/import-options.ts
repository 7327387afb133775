import type { Settings } from '../../config/settings.js';
import type { Queryable } from '../../database/database.js';
import type { KeyedWork } from '../../writes/idempotency/transaction-keys.service.js';
import { type AcceptedImport, acceptedResponse } from './accepted-response.js';
import type { UploadFormat } from './upload-format.js';

/** How an import is created. */
export interface ImportOptions {
  /** Whether its lines may credit points. Otherwise a line that credits points rejects the whole import. */
  readonly mayCreditPoints: boolean;
  /** How many imports of one principal may be open, including this one. */
  readonly maxOpen: number;
  /** Runs in the transaction that accepts the import. */
  readonly onAccepted: (tx: Queryable, accepted: AcceptedImport) => Promise<void>;
}

/**
 * Returns the options of a request. Its response is stored in the same transaction as the import, and points need a key.
 *
 * @param format returns what was recognized in the upload, once it was read
 */
export function importOptions(
  { hasKey, keep }: KeyedWork,
  settings: Settings,
  format?: () => UploadFormat | undefined,
): ImportOptions {
  return {
    mayCreditPoints: hasKey || settings.REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS === 'false',
    maxOpen: settings.IMPORT_MAX_OPEN,
    onAccepted: (tx, accepted) => keep(tx, acceptedResponse(accepted, settings, format?.())),
  };
}
