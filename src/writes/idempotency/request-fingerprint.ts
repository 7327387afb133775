import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** The parts of a request that decide whether it is the same as another one. */
export interface FingerprintedRequest {
  readonly method: string;
  /** As `/v1/customers`, with the ids in it. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? '';
}

/**
 * JSON with sorted names, so that the order in which a client writes them does not matter. Only our own instances compare
 * it, which is why it need not be RFC 8785; V8 writes a number or a string in one way only.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

/** @returns 32 bytes that two requests share only where they ask for the same */
export function fingerprintRequest({ method, path, query, body }: FingerprintedRequest): Buffer {
  const { dryRun: _ignored, ...asked } = query; // a dry run has no key
  return createHash('sha256')
    .update(canonicalJson([method, path, asked, body]))
    .digest();
}
