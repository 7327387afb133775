import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { callerId, logNameOf } from './principal.js';

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

describe(logNameOf.name, () => {
  it('tells the name of an API key, and nothing of the subject of a JWT', () => {
    expect(logNameOf('api-key:app')).toBe('api-key:app');
    expect(logNameOf('jwt:https://id.example.com#asha@example.com')).toMatch(/^jwt:[\da-f]{16}$/);
    expect(logNameOf('jwt:https://id.example.com#a')).not.toBe(logNameOf('jwt:https://id.example.com#b'));
  });
});
