import type { FastifyRequest } from 'fastify';
import type { Update } from '../../delivery/update.js';

/** Under which id the points of an update are noted, and the lease under which alone they may leave. */
export type GuardedCredit = Required<Pick<Update, 'creditId' | 'creditLease'>>;

const guarded = new WeakMap<FastifyRequest, Map<number, GuardedCredit>>();

/** Says under which credit the update at this position of the request goes, where it credits points. */
export function guardCredit(request: FastifyRequest, index: number, credit: GuardedCredit): void {
  const credits = guarded.get(request) ?? new Map<number, GuardedCredit>();
  guarded.set(request, credits.set(index, credit));
}

/** The same update, under its credit where it has one. */
export function underCredit(request: FastifyRequest, index: number, update: Update): Update {
  return update.isSafeToRepeat ? update : { ...update, ...guarded.get(request)?.get(index) };
}
