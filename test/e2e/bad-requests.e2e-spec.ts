import { afterEach, describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox();
const service = useService(sandbox);

afterEach(async () => {
  expect((await service.send('GET', '/health/live')).status).toBe(200);
  expect(await sandbox.calls('bulk')).toHaveLength(0);
});

const manyHeaders = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, 'x']));

const valid = JSON.stringify(aCustomerUpdate());

describe('a request that cannot be accepted', () => {
  it.each<[string, string, string, string | undefined, Record<string, string>, number, string]>([
    ['an unknown path', 'GET', '/v1/nothing', undefined, {}, 404, 'endpoint-not-found'],
    ['an unknown file of Swagger UI', 'GET', '/docs/static/a%00', undefined, {}, 404, 'endpoint-not-found'],
    ['an unknown problem', 'GET', '/problems/nothing', undefined, {}, 404, 'endpoint-not-found'],
    ['another method', 'DELETE', '/v1/customers', undefined, {}, 405, 'method-not-allowed'],
    ['no body', 'PATCH', '/v1/customers', undefined, {}, 400, 'invalid-request'],
    ['an empty body', 'PATCH', '/v1/customers', '', {}, 400, 'malformed-json'],
    ['white space', 'PATCH', '/v1/customers', ' \n ', {}, 400, 'malformed-json'],
    ['truncated JSON', 'PATCH', '/v1/customers', '{"identifiers": [', {}, 400, 'malformed-json'],
    ['10,000 brackets', 'PATCH', '/v1/customers', '['.repeat(10_000), {}, 400, 'malformed-json'],
    [
      '10,000 nested arrays',
      'PATCH',
      '/v1/customers',
      '['.repeat(10_000) + ']'.repeat(10_000),
      {},
      400,
      'malformed-json',
    ],
    ['a list', 'PATCH', '/v1/customers', '[]', {}, 400, 'invalid-request'],
    ['null', 'PATCH', '/v1/customers', 'null', {}, 400, 'invalid-request'],
    ['__proto__', 'PATCH', '/v1/customers', '{"__proto__": {"admin": true}}', {}, 400, 'invalid-request'],
    [
      'XML',
      'PATCH',
      '/v1/customers',
      '<customer/>',
      { 'Content-Type': 'application/xml' },
      415,
      'unsupported-media-type',
    ],
    [
      'a form',
      'PATCH',
      '/v1/customers',
      'a=b',
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported-media-type',
    ],
    [
      'text',
      'PATCH',
      '/v1/customers',
      valid,
      { 'Content-Type': 'text/plain' },
      415,
      'unsupported-media-type',
    ],
    ['an unknown parameter', 'PATCH', '/v1/customers?dryrun=true', valid, {}, 400, 'invalid-request'],
    ['a parameter that is a method', 'PATCH', '/v1/customers?toString=a', valid, {}, 400, 'invalid-request'],
    ['an unknown source', 'PATCH', '/v1/customers?source=SHOP', valid, {}, 400, 'invalid-request'],
    ['a source twice', 'PATCH', '/v1/customers?source=LINE&source=ALL', valid, {}, 400, 'invalid-request'],
    ['a source without its account', 'PATCH', '/v1/customers?source=LINE', valid, {}, 400, 'invalid-request'],
    [
      'an attribution type without a code',
      'PATCH',
      '/v1/customers?attributionType=TILL',
      valid,
      {},
      400,
      'invalid-request',
    ],
    [
      'a line break in a code',
      'PATCH',
      '/v1/customers?attributionCode=a%0d%0ab',
      valid,
      {},
      400,
      'invalid-request',
    ],
    ['dryRun=yes', 'PATCH', '/v1/customers?dryRun=yes', valid, {}, 400, 'invalid-request'],
    [
      'a timeout that is not a number',
      'PATCH',
      '/v1/customers',
      valid,
      { 'Request-Timeout': 'soon' },
      400,
      'invalid-request',
    ],
    [
      'a timeout of zero',
      'PATCH',
      '/v1/customers',
      valid,
      { 'Request-Timeout': '0' },
      400,
      'invalid-request',
    ],
    ['an empty batch', 'POST', '/v1/customers/batch', '{"customers": []}', {}, 400, 'invalid-request'],
    [
      'a batch that is an object',
      'POST',
      '/v1/customers/batch',
      '{"customers": {}}',
      {},
      400,
      'invalid-request',
    ],
    ['a URL of 3 KB', 'GET', `/v1/imports?x=${'x'.repeat(3000)}`, undefined, {}, 414, 'malformed-http'],
    ['a long id', 'GET', `/v1/imports/${'x'.repeat(129)}`, undefined, {}, 414, 'malformed-http'],
    ['101 headers', 'GET', '/v1/imports', undefined, manyHeaders(101), 431, 'malformed-http'],
    ['a path with a broken escape', 'GET', '/%zz', undefined, {}, 400, 'malformed-http'],
  ])('is answered with a problem: %s', async (_case, method, path, body, headers, status, type) => {
    const answer = await service.send(method, path, body, headers);

    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.json).toMatchObject({
      type: `/problems/${type}`,
      title: expect.any(String) as string,
      status,
      detail: expect.any(String) as string,
      requestId: expect.stringMatching(/./) as string,
    });
  });

  it('lists the methods of the path', async () => {
    expect((await service.send('GET', '/v1/customers/batch')).headers.get('allow')).toBe('POST');
  });

  it('reports every mistake of a body at once, with pointers', async () => {
    const { json } = await service.send('PATCH', '/v1/customers', {
      identifiers: [
        { type: 'mobile', value: '+91 99' },
        { type: 'pigeon', value: 'x' },
      ],
      firstName: null,
      lastName: 'x'.repeat(101),
      commChannels: [{ type: 'email', value: 'not-an-address', meta: { lastViewedDate: '2026-02-30' } }],
      createDate: '2026-01-01T00:00:00',
      fields: { deep: { er: 1 } },
      nickname: 'Ash',
    });

    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
      '/commChannels/0/meta/lastViewedDate',
      '/commChannels/0/value',
      '/createDate',
      '/fields/deep',
      '/firstName',
      '/identifiers/0/value',
      '/identifiers/1/type',
      '/lastName',
      '/loyaltyType',
      '/nickname',
    ]);
  });

  it('names the line and column of a syntax error, and does not quote the text', async () => {
    const { json, text } = await service.send('PATCH', '/v1/customers', '{\n  "firstName": Quentin\n}');

    expect(json.errors).toMatchObject([{ message: expect.stringMatching(/line 2, column 16$/) as string }]);
    expect(text).not.toContain('Quentin');
  });
});

describe('the pages of problems', () => {
  it('exist for every type that a problem may have', async () => {
    const { json: document } = await service.send('GET', '/openapi.json');
    const types = document.components.schemas.Problem.properties.type['x-extensible-enum'] as string[];
    expect(types.length).toBeGreaterThan(30);

    for (const type of types) {
      const page = await service.send('GET', type);
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.text).toContain('What to do');
      expect(page.text).not.toContain('`');
    }
    expect((await service.send('GET', '/problems')).text).toContain('customer-not-found');
  });
});
