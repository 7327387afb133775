import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { callerId, logNameOf } from './principal.js';

const requestOf = (principal?: object): FastifyRequest => ({ principal }) as unknown as FastifyRequest;

describe(callerId.name, () => {
  it('distinguishes an API key from a JWT with the same name', () => {
    expect(callerId(requestOf({ kind: 'api-key', name: 'app' }))).toBe('api-key:app');
    expect(callerId(requestOf({ kind: 'jwt', name: 'app' }))).toBe('jwt:app');
  });

  it('throws without an authenticated caller', () => {
    expect(() => callerId(requestOf())).toThrow('public endpoint');
  });
});

describe(logNameOf.name, () => {
  it('returns the name of an API key, and only a hash of the subject of a JWT', () => {
    expect(logNameOf('api-key:app')).toBe('api-key:app');
    expect(logNameOf('jwt:https://id.example.com#asha@example.com')).toMatch(/^jwt:[\da-f]{16}$/);
    expect(logNameOf('jwt:https://id.example.com#a')).not.toBe(logNameOf('jwt:https://id.example.com#b'));
  });
});
