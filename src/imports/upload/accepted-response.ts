import { answerOf } from '../../writes/idempotency/stored-answer.js';
import type { StoredAnswer } from '../../records/idempotency-record.js';
import type { StoredImport } from '../../records/imports.repository.js';
import { toFormatMember } from '../dto/upload-format.dto.js';
import { toImportDto } from '../results/to-import-dto.js';
import type { UploadFormat } from './upload-format.js';

/**
 * Creates the response to the caller who created an import.
 *
 * @param format what was recognized in the upload, if there was one and it was CSV
 */
export function acceptedResponse(accepted: StoredImport, format?: UploadFormat): StoredAnswer {
  return answerOf(
    202,
    { ...toImportDto(accepted), ...toFormatMember(format) },
    { Location: `/v1/imports/${accepted.id}` },
  );
}
