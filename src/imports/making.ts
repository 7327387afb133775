import type { Settings } from '../config/settings.js';
import type { KeyedWork } from '../idempotency/transaction-keys.service.js';
import { answerAccepted } from './answer-accepted.js';
import type { Making } from './upload.service.js';

/** How an import is made for a request: its answer is kept with it, and points need a key. */
export function makingOf(
  { hasKey, keep }: KeyedWork,
  { REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS }: Settings,
): Making {
  return {
    mayCreditPoints: hasKey || REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS === 'false',
    also: (tx, accepted) => keep(tx, answerAccepted(accepted)),
  };
}
