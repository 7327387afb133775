import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { principalOf } from './principal.js';

const requestOf = (principal?: object): FastifyRequest => ({ principal }) as unknown as FastifyRequest;

describe(principalOf.name, () => {
  it('tells an API key from a JWT of the same name', () => {
    expect(principalOf(requestOf({ kind: 'api-key', name: 'app' }))).toBe('api-key:app');
    expect(principalOf(requestOf({ kind: 'jwt', name: 'app' }))).toBe('jwt:app');
  });

  it('does not share keys among callers whom nobody knows', () => {
    expect(() => principalOf(requestOf())).toThrow('public endpoint');
  });
});
