import type { Settings } from '../config/settings.js';
import type { Turn } from '../idempotency/transaction-keys.service.js';
import { answerAccepted } from './answer-accepted.js';
import type { Making } from './upload.service.js';

/** How an import is made for a request: its answer is kept with it, and points need a key. */
export function makingOf({ hasKey, keep }: Turn, settings: Settings): Making {
  return {
    mayCreditPoints: hasKey || settings.REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS === 'false',
    mostOpen: settings.IMPORT_MAX_OPEN,
    also: (tx, sealed) => keep(tx, answerAccepted(sealed)),
  };
}
