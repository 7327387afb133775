import type { FastifyRequest } from 'fastify';
import { callerId, callerOf } from './principal.js';
import type { Scope } from './scopes.js';

/** The scopes that extend access to objects of other principals: `ops:read` reads and `ops:write` changes them. */
type OpsScope = Extract<Scope, `ops:${string}`>;
type WithPrincipal = Pick<FastifyRequest, 'principal'>;

/** @returns the owner that the request's access is restricted to; undefined if it may access the objects of all owners */
export function ownerFilter(request: WithPrincipal, scope: OpsScope): string | undefined {
  return callerOf(request).scopes.has(scope) ? undefined : callerId(request);
}

/** Authorizes access to one object (object-level authorization). Without an owner it requires the scope. */
export function mayAccess(
  request: WithPrincipal,
  owner: string | null | undefined,
  scope: OpsScope,
): boolean {
  const only = ownerFilter(request, scope);
  return only === undefined || only === owner;
}
