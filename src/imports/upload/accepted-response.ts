import { answerOf } from '../../writes/idempotency/stored-answer.js';
import type { StoredAnswer } from '../../records/idempotency-record.js';
import type { StoredImport } from '../../records/imports.repository.js';
import type { PaceSettings } from '../call-pace.js';
import type { AcceptedImportDto, LineMistakesDto } from '../dto/import.dto.js';
import { toFormatMember } from '../dto/upload-format.dto.js';
import { toImportDto } from '../results/to-import-dto.js';
import type { UploadFormat } from './upload-format.js';

/** An import as it was accepted, and its lines that are not valid. */
export interface AcceptedImport {
  readonly accepted: StoredImport;
  readonly mistakes: readonly LineMistakesDto[];
}

/**
 * Creates the response to the caller who created an import.
 *
 * @param format what was recognized in the upload, if there was one and it was CSV
 */
export function acceptedResponse(
  { accepted, mistakes }: AcceptedImport,
  settings: PaceSettings,
  format?: UploadFormat,
): StoredAnswer {
  const body: AcceptedImportDto = {
    ...toImportDto(accepted, settings),
    mistakes: [...mistakes],
    ...toFormatMember(format),
  };
  return answerOf(202, body, { Location: `/v1/imports/${accepted.id}` });
}
