import type { FastifyRequest } from 'fastify';
import type { OutcomeDto } from '../dto/outcome.dto.js';

/** By their positions in the request. */
export type EarlierOutcomes = ReadonlyMap<number, OutcomeDto>;

const noted = new WeakMap<FastifyRequest, EarlierOutcomes>();

/** Says which elements of a batch have an outcome already: they are neither read nor sent, and told as they are here. */
export function noteEarlier(request: FastifyRequest, outcomes: EarlierOutcomes): void {
  noted.set(request, outcomes);
}

export function earlierOf(request: FastifyRequest): EarlierOutcomes {
  return noted.get(request) ?? new Map();
}
