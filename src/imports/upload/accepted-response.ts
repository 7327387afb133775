import { answerOf } from '../../writes/idempotency/stored-answer.js';
import type { StoredAnswer } from '../../records/idempotency-record.js';
import type { StoredImport } from '../../records/imports.repository.js';
import { tellImport } from '../results/to-import-dto.js';

/** What is answered to whoever made an import. */
export function answerAccepted(accepted: StoredImport): StoredAnswer {
  return answerOf(202, tellImport(accepted), { Location: `/v1/imports/${accepted.id}` });
}
