import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { requireDeclaredAccess } from './guard-endpoints.js';

describe(requireDeclaredAccess.name, () => {
  it('rejects an endpoint that does not declare who may call it', () => {
    const server = fastify();
    requireDeclaredAccess(server);
    expect(() => server.get('/v1/secrets', () => '')).toThrow('/v1/secrets has neither');
    expect(() => server.get('/documents', () => '')).toThrow('/documents has neither');
    expect(() => server.get('/v1/*', () => '')).toThrow('/v1/* has neither');
    expect(() => server.get('/openapi.json/x', () => '')).toThrow('/openapi.json/x has neither');
  });

  it('accepts endpoints with a scope, public ones, the pages of Swagger and preflights', () => {
    const server = fastify();
    requireDeclaredAccess(server);
    server.get('/a', { config: { access: ['ops:read'] } }, () => '');
    server.get('/b', { config: { access: 'public' } }, () => '');
    for (const path of ['/docs', '/docs/*', '/openapi.json']) server.get(path, () => '');
    server.options('*', () => '');
    expect(server.hasRoute({ method: 'GET', url: '/docs/*' })).toBe(true);
  });
});
