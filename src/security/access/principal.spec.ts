import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { callerId } from './principal.js';

const requestOf = (principal?: object): FastifyRequest => ({ principal }) as unknown as FastifyRequest;

describe(callerId.name, () => {
  it('tells an API key from a JWT of the same name', () => {
    expect(callerId(requestOf({ kind: 'api-key', name: 'app' }))).toBe('api-key:app');
    expect(callerId(requestOf({ kind: 'jwt', name: 'app' }))).toBe('jwt:app');
  });

  it('does not share keys among callers whom nobody knows', () => {
    expect(() => callerId(requestOf())).toThrow('public endpoint');
  });
});
