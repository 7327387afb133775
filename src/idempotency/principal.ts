import type { FastifyRequest } from 'fastify';

/** Whose keys they are: with the kind, as an API key may be named like the subject of a JWT. */
export function principalOf({ principal }: FastifyRequest): string {
  if (!principal) throw new Error('a public endpoint takes no Idempotency-Key');
  return `${principal.kind}:${principal.name}`;
}
