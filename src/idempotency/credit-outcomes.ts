import type { OutcomeDto } from '../http/dto/outcome.dto.js';
import type { EarlierOutcomes } from '../http/earlier-outcomes.js';
import type { CreditsRepository } from '../storage/credits.repository.js';
import type { CreditIds } from './credit-ids.js';
import { INTERRUPTED } from './idempotency-problems.js';

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
      const told = outcomeOfCredit(creditId, states.get(creditId));
      return told ? [[index, told] as const] : [];
    }),
  );
}

function outcomeOfCredit(creditId: string, state: string | undefined): OutcomeDto | undefined {
  switch (state) {
    case undefined:
    case 'not-credited':
      return undefined;
    case 'credited':
      return {
        outcome: 'updated',
        identifiers: [],
        warnings: [],
        children: [],
        pointsCredited: 'yes',
        attempts: 1,
      };
    default:
      return {
        outcome: 'unknown',
        reason: INTERRUPTED,
        retryable: false,
        pointsCredited: 'unknown',
        creditId,
        attempts: 1,
      };
  }
}
