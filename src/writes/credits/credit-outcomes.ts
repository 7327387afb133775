import type { OutcomeDto, UnknownDto, UpdatedDto } from '../dto/outcome.dto.js';
import type { EarlierOutcomes } from '../idempotency/earlier-outcomes.js';
import type { CreditsRepository } from '../../records/credits.repository.js';
import type { CreditIds } from './credit-ids.js';
import { INTERRUPTED } from '../idempotency/idempotency-problems.js';

/**
 * What became of credits whose record was taken over, as far as that is known. Those that never were sent, or certainly
 * were not credited, are not among them: they may be sent.
 */
export async function takeOverCredits(
  credits: CreditsRepository,
  creditIds: CreditIds,
): Promise<EarlierOutcomes> {
  if (creditIds.size === 0) return new Map();
  const states = await credits.takeOver([...creditIds.values()]);
  return new Map(
    [...creditIds].flatMap(([index, creditId]) => {
      const told = outcomeOfCredit(creditId, states.get(creditId), INTERRUPTED);
      return told ? [[index, told] as const] : [];
    }),
  );
}

/** What is told of a credit of which only that is known. */
export const CREDITED: UpdatedDto = {
  outcome: 'updated',
  identifiers: [],
  warnings: [],
  children: [],
  pointsCredited: 'yes',
  attempts: 1,
};

/** What is told of a credit that an earlier process left in doubt, but for its id. */
export function creditInDoubt(reason: string): UnknownDto {
  return { outcome: 'unknown', reason, retryable: false, pointsCredited: 'unknown', attempts: 1 };
}

/**
 * What became of a credit that an earlier process left; undefined where it may be sent.
 *
 * @param reason why it is in doubt, where it is
 */
export function outcomeOfCredit(
  creditId: string,
  state: string | undefined,
  reason: string,
): OutcomeDto | undefined {
  switch (state) {
    case undefined:
    case 'not-credited':
      return undefined;
    case 'credited':
      return CREDITED;
    default:
      return { ...creditInDoubt(reason), creditId };
  }
}
