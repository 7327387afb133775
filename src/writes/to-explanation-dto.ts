import { type Explanation, outcomeOf } from '../delivery/explanation.js';
import type { FoundExplanations } from '../delivery/explanations.service.js';
import type { ExplanationDto, ExplanationListDto } from './dto/explanation.dto.js';

export function toExplanationDto(explanation: Explanation): ExplanationDto {
  const { id, submittedAt, requestId, importId, priority, lane, steps } = explanation;
  const { source, accountId, attribution, kind } = lane;
  const outcome = outcomeOf(explanation);
  return {
    id,
    submittedAt: submittedAt.toISOString(),
    ...(outcome !== undefined && { outcome }),
    ...(requestId !== undefined && { requestId }),
    ...(importId !== undefined && { importId }),
    priority,
    lane: {
      source,
      ...(accountId !== undefined && { accountId }),
      ...(attribution && { attributionType: attribution.type, attributionCode: attribution.code }),
      kind,
    },
    steps,
  };
}

export function toExplanationListDto({
  explanations,
  hasMore,
  isComplete,
}: FoundExplanations): ExplanationListDto {
  return { updates: explanations.map(toExplanationDto), hasMore, isComplete };
}
