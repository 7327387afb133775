import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Source } from '../config/vendor-enums.js';
import type { Scope } from './scopes.js';

/** The rate limits of a principal; the settings apply where one is unset. */
export interface Limits {
  readonly requestsPerSecond?: number;
  readonly updatesPerSecond?: number;
  readonly concurrent?: number;
}

/** Bounds on the updates of a principal; an unset one does not limit them. */
export interface Bounds {
  readonly sources?: readonly Source[];
  readonly accounts?: readonly string[];
  /** The vendor's programIds. */
  readonly programs?: readonly number[];
  readonly maxPointsPerEnrollment?: number;
  readonly maxPointsPerDay?: number;
  readonly limits?: Limits;
}

/** An authenticated caller. */
export interface Principal extends Bounds {
  readonly kind: 'api-key' | 'jwt';
  /** The name of the API key in the file, or `<issuer>#<subject>` of the JWT. It is unique within its kind. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read; undefined at public endpoints. */
    principal: Principal | undefined;
  }
}

/** Returns the authenticated caller of an endpoint that is not public. */
export function callerOf({ principal }: Pick<FastifyRequest, 'principal'>): Principal {
  if (!principal) throw new Error('a public endpoint has no authenticated caller');
  return principal;
}

/** Returns the id of an owner of stored data. It contains the kind, because an API key may have the name of a JWT. */
export function principalId({ kind, name }: Pick<Principal, 'kind' | 'name'>): string {
  return `${kind}:${name}`;
}

/** Returns the id for logs. The subject of a JWT is hashed, because it may be an e-mail address. */
export function logNameOf(id: string): string {
  return id.startsWith('jwt:') ? `jwt:${createHash('sha256').update(id).digest('hex').slice(0, 16)}` : id;
}

export function callerId(request: Pick<FastifyRequest, 'principal'>): string {
  return principalId(callerOf(request));
}
