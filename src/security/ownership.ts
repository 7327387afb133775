import type { FastifyRequest } from 'fastify';
import { callerId, callerOf } from './principal.js';
import type { Scope } from './scopes.js';

/** With `ops:read` a principal sees what is others', and with `ops:write` it changes it. */
type OpsScope = Extract<Scope, `ops:${string}`>;
type Asking = Pick<FastifyRequest, 'principal'>;

/** @returns whose things alone a request may be about; undefined where it may be about everybody's */
export function onlyOwner(request: Asking, scope: OpsScope): string | undefined {
  return callerOf(request).scopes.has(scope) ? undefined : callerId(request);
}

/** Whether a request may be about what this principal owns; null and undefined are nobody, whose things only ops have. */
export function mayTouch(request: Asking, owner: string | null | undefined, scope: OpsScope): boolean {
  const only = onlyOwner(request, scope);
  return only === undefined || only === owner;
}
