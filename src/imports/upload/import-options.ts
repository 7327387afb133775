import type { Settings } from '../../config/settings.js';
import type { KeyedWork } from '../../writes/idempotency/transaction-keys.service.js';
import { answerAccepted } from './accepted-response.js';
import type { Making } from './upload.service.js';

/** How an import is made for a request: its answer is kept with it, and points need a key. */
export function makingOf({ hasKey, keep }: KeyedWork, settings: Settings): Making {
  return {
    mayCreditPoints: hasKey || settings.REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS === 'false',
    mostOpen: settings.IMPORT_MAX_OPEN,
    also: (tx, accepted) => keep(tx, answerAccepted(accepted)),
  };
}
