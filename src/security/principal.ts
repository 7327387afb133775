import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Source } from '../config/vendor-enums.js';
import type { Scope } from './scopes.js';

/** How much a principal may ask for at once. Each unset: as much as anybody. */
export interface Limits {
  readonly requestsPerSecond?: number;
  readonly updatesPerSecond?: number;
  readonly concurrent?: number;
}

/** What a principal's updates may be about. Each unset: no bound. */
export interface Bounds {
  readonly sources?: readonly Source[];
  readonly accounts?: readonly string[];
  /** The vendor's programIds. */
  readonly programmes?: readonly number[];
  readonly maxPointsPerEnrollment?: number;
  readonly maxPointsPerDay?: number;
  readonly limits?: Limits;
}

/** Who is calling. */
export interface Principal extends Bounds {
  readonly kind: 'api-key' | 'jwt';
  /** Of an API key the name in the file; of a JWT `<issuer>#<subject>`. Unique within its kind. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read; undefined where the endpoint is public. */
    principal: Principal | undefined;
  }
}

/** Whoever calls an endpoint that is not public. */
export function callerOf({ principal }: Pick<FastifyRequest, 'principal'>): Principal {
  if (!principal) throw new Error('nobody is known at a public endpoint');
  return principal;
}

/** Under which a principal owns what is stored: with the kind, as an API key may be named like the subject of a JWT. */
export function principalId({ kind, name }: Pick<Principal, 'kind' | 'name'>): string {
  return `${kind}:${name}`;
}

/** What logs call it: the subject of a JWT may be somebody's address, and no log holds one. */
export function logNameOf(id: string): string {
  return id.startsWith('jwt:') ? `jwt:${createHash('sha256').update(id).digest('hex').slice(0, 16)}` : id;
}

export function callerId(request: Pick<FastifyRequest, 'principal'>): string {
  return principalId(callerOf(request));
}
