import { answerOf } from '../../writes/idempotency/stored-answer.js';
import { toImportDto } from '../results/to-import-dto.js';
/** Creates the response to the caller who created an import. */
export function acceptedResponse(accepted) {
    return answerOf(202, toImportDto(accepted), { Location: `/v1/imports/${accepted.id}` });
}
//# sourceMappingURL=accepted-response.js.map