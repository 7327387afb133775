import helmet from '@fastify/helmet';
import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { SECURITY_HEADERS } from './security-headers.js';

it('are the headers of helmet, and a policy and a cache rule of our own', async () => {
  const server = fastify();
  await server.register(helmet);
  server.get('/', async () => '');
  const { headers } = await server.inject('/');
  const { 'content-security-policy': _policy, ...ofHelmet } = headers;
  for (const name of ['content-type', 'content-length', 'date', 'connection']) delete ofHelmet[name];
  const { 'Content-Security-Policy': policy, 'Cache-Control': cache, ...others } = SECURITY_HEADERS;
  const lowerCased = Object.entries(others).map(([name, value]) => [name.toLowerCase(), value]);
  expect(Object.fromEntries(lowerCased)).toEqual(ofHelmet);
  expect([policy.split(';')[0], cache]).toEqual(["default-src 'none'", 'no-store']);
});
