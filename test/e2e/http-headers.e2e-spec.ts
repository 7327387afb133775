import { describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import type { Service } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const ORIGIN = 'https://app.example.com';

const sandbox = useSandbox();
const service = useService(sandbox);
const withOrigins = useService(sandbox, { CORS_ORIGINS: `https://other.example.com,${ORIGIN}` });

describe('every answer', () => {
  it.each<[string, string, unknown, Record<string, string>, number]>([
    ['PATCH', '/v1/customers', aCustomerUpdate(), {}, 200],
    ['PATCH', '/v1/customers', {}, {}, 400],
    ['PATCH', '/v1/customers', '{', {}, 400],
    ['GET', '/v1/imports', undefined, {}, 200],
    ['GET', '/v1/imports', undefined, { Authorization: '' }, 401],
    ['GET', '/v1/nothing', undefined, {}, 404],
    ['DELETE', '/v1/customers', undefined, {}, 405],
    ['GET', '/health/live', undefined, {}, 200],
    ['GET', '/problems', undefined, {}, 200],
  ])('is not cached and cannot be framed: %s %s %j', async (method, path, body, headers, status) => {
    const answer = await service.send(method, path, body, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none';/);
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('server')).toBeNull();
  });

  it('allows a page to run only the scripts of the service', async () => {
    const policy = (await service.send('GET', '/docs')).headers.get('content-security-policy') ?? '';
    expect(policy.split(';')).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe-eval');
    expect(policy.replace("style-src 'self' 'unsafe-inline'", '')).not.toContain('unsafe-inline');
  });
});

const preflight = (to: Service, origin: string) =>
  to.send('OPTIONS', '/v1/customers', undefined, {
    Origin: origin,
    'Access-Control-Request-Method': 'PATCH',
    'Access-Control-Request-Headers': 'authorization,content-type',
    Authorization: '',
  });

describe('a page of another origin', () => {
  it('may not call when no origin is configured', async () => {
    const answer = await preflight(service, ORIGIN);
    expect(answer.status).toBe(405);
    const read = await service.send('GET', '/health/live', undefined, { Origin: ORIGIN });
    for (const { headers } of [answer, read]) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it('may call when its origin is configured', async () => {
    const answer = await preflight(withOrigins, ORIGIN);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    const { json } = await service.send('GET', '/openapi.json');
    const operations = Object.values(json.paths as Record<string, object>);
    const methods = new Set(operations.flatMap(Object.keys).map((method) => method.toUpperCase()));
    expect(new Set(answer.headers.get('access-control-allow-methods')?.split(', '))).toEqual(methods);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    const refused = await withOrigins.send('GET', '/v1/imports', undefined, {
      Origin: ORIGIN,
      Authorization: '',
    });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(refused.headers.get('access-control-expose-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['X-Request-Id', 'RateLimit', 'RateLimit-Policy', 'Retry-After']),
    );
  });

  it.each(['https://app.example.com.evil.test', 'http://app.example.com', 'https://APP.example.com', 'null'])(
    'may not call when its origin only resembles a configured one: %s',
    async (origin) => {
      const answers = [
        await preflight(withOrigins, origin),
        await withOrigins.send('GET', '/health/live', undefined, { Origin: origin }),
      ];
      for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  it('gets the same 404 and 405 as any other client', async () => {
    expect((await withOrigins.send('GET', '/v1/nothing')).status).toBe(404);
    expect((await withOrigins.send('GET', '/v1/customers')).headers.get('allow')).toBe('PATCH');
  });
});
