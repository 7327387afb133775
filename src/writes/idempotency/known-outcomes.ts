import type { OutcomeDto } from '../dto/outcome.dto.js';

/** Outcomes that a request's updates have already, by their positions: these are neither validated nor sent again. */
export type KnownOutcomes = ReadonlyMap<number, OutcomeDto>;

export const NONE_KNOWN: KnownOutcomes = new Map();
