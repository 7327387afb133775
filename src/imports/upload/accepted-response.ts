import { answerOf } from '../../writes/idempotency/stored-answer.js';
import type { StoredAnswer } from '../../records/idempotency-record.js';
import type { StoredImport } from '../../records/imports.repository.js';
import { tellImport } from '../results/to-import-dto.js';

/** The response to the caller who created an import. */
export function acceptedResponse(accepted: StoredImport): StoredAnswer {
  return answerOf(202, tellImport(accepted), { Location: `/v1/imports/${accepted.id}` });
}
