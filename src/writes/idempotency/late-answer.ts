import type { StoredAnswer } from '../../records/idempotency-record.js';
import type { BatchAnswerDto, OutcomeDto } from '../dto/outcome.dto.js';
import { answerMany } from '../to-outcome-dto.js';
import { INTERRUPTED } from './idempotency-problems.js';
import { answerOf } from './stored-answer.js';

type Content = Partial<Pick<OutcomeDto, 'outcome'> & BatchAnswerDto & { readonly reason: string }>;

/** Whether an outcome says only that the process of the first request had seemingly ended. */
function isInterrupted({ outcome, reason }: Content): boolean {
  return outcome === 'unknown' && reason === INTERRUPTED;
}

function isCertain({ outcome }: Content): boolean {
  return outcome === 'updated' || outcome === 'rejected';
}

/**
 * Corrects an answer that another process stored when it took a key over, by the late answer of the process that held
 * the key before: each outcome that was in doubt only because that process seemed to have ended, and is certain now.
 *
 * @returns undefined if nothing changes
 */
export function reviseAnswer(stored: StoredAnswer, late: StoredAnswer): StoredAnswer | undefined {
  const [before, now] = [stored, late].map(({ body }) => JSON.parse(body) as Content);
  if (!before || !now) return undefined;
  if (!before.outcomes) return isInterrupted(before) && isCertain(now) ? late : undefined;
  const corrected = before.outcomes.map((one, index) => {
    const certain = now.outcomes?.[index];
    return isInterrupted(one) && certain && isCertain(certain) ? certain : one;
  });
  if (corrected.every((one, index) => one === before.outcomes?.[index])) return undefined;
  const { status, body } = answerMany(corrected.map((known) => ({ outcome: 'known', known })));
  return answerOf(status, body);
}
