import { answerOf } from '../../writes/idempotency/stored-answer.js';
import type { StoredAnswer } from '../../records/idempotency-record.js';
import type { StoredImport } from '../../records/imports.repository.js';
import type { PaceSettings } from '../call-pace.js';
import { toImportDto } from '../results/to-import-dto.js';

/** Creates the response to the caller who created an import. */
export function acceptedResponse(accepted: StoredImport, settings: PaceSettings): StoredAnswer {
  return answerOf(202, toImportDto(accepted, settings), { Location: `/v1/imports/${accepted.id}` });
}
