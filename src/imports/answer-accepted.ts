import { answerOf } from '../idempotency/stored-answer.js';
import type { StoredAnswer } from '../storage/idempotency-record.js';
import type { StoredImport } from '../storage/imports.repository.js';
import { tellImport } from './tell-import.js';

/** What is answered to whoever made an import. */
export function answerAccepted(accepted: StoredImport): StoredAnswer {
  return answerOf(202, tellImport(accepted), { Location: `/v1/imports/${accepted.id}` });
}
