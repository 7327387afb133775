import type { Credit } from '../../delivery/update.js';
import type { OutcomeDto } from '../dto/outcome.dto.js';

/** Outcomes that a request's updates have already, by their positions: these are neither validated nor sent again. */
export type KnownOutcomes = ReadonlyMap<number, OutcomeDto>;

/** The ids under which the points of a request's updates are recorded, and their leases, by the positions of the updates. */
export type CreditGuards = ReadonlyMap<number, Required<Pick<Credit, 'id' | 'lease'>>>;

/** What is known of the updates of a request, and what guards their points. */
export interface Held {
  readonly known: KnownOutcomes;
  readonly guards: CreditGuards;
}

export const NONE_KNOWN: KnownOutcomes = new Map();
