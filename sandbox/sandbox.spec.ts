import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { item, runSandbox } from './run-sandbox.ts';
import type { RunningSandbox } from './run-sandbox.ts';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await runSandbox();
});
beforeEach(() => sandbox.admin('POST', '/reset'));
afterAll(() => sandbox.stop());

const firstError = (code: number): object => ({ errors: [{ status: false, code }] });

describe('tokens', () => {
  it('are issued for key and secret, and authenticate the bulk call', async () => {
    const { status, json } = await sandbox.requestToken();
    expect(status).toBe(200);
    expect(json).toEqual({ data: { accessToken: expect.any(String), ttlSeconds: 300 }, errors: null });
    const { accessToken } = (json as { data: { accessToken: string } }).data;
    const headers = { 'content-type': 'application/json', 'x-cap-api-oauth-token': accessToken };
    expect((await sandbox.send('PUT', '/v2/bulk?source=INSTORE', [item('01')], headers)).status).toBe(200);

    expect(await sandbox.admin('POST', '/tokens/expire')).toEqual({ expired: 1 });
    const refused = await sandbox.send('PUT', '/v2/bulk?source=INSTORE', [item('01')], headers);
    expect(refused.status).toBe(401);
    expect(refused.json).toMatchObject({ warnings: [], ...firstError(401) });
  });

  it('are not issued for a wrong secret', async () => {
    const { status, json } = await sandbox.requestToken('wrong');
    expect(status).toBe(401);
    expect(json).toMatchObject({ data: null, errors: [{ code: 401 }] });
  });

  it('expire after their time to live', async () => {
    await sandbox.admin('PATCH', '/settings', { tokenTtlSeconds: 1 });
    const { json } = await sandbox.requestToken();
    const { accessToken } = (json as { data: { accessToken: string } }).data;
    const headers = { 'content-type': 'application/json', 'x-cap-api-oauth-token': accessToken };
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect((await sandbox.send('PUT', '/v2/bulk?source=INSTORE', [item('01')], headers)).status).toBe(401);
  });
});

const attribution = (type: string, code: string): Record<string, string> => ({
  ...(type ? { 'x-cap-api-attribution-entity-type': type } : {}),
  ...(code ? { 'x-cap-api-attribution-entity-code': code } : {}),
});

describe('what refuses a whole call', () => {
  const longBatch = Array.from({ length: 101 }, () => item('01'));

  it.each([
    ['a wrong password', [item('01')], 'source=INSTORE', { authorization: 'Basic bm86bm8=' }, 401, 401],
    ['another content type', [item('01')], 'source=INSTORE', { 'content-type': 'text/plain' }, 415, 415],
    ['another accepted type', [item('01')], 'source=INSTORE', { accept: 'text/html' }, 415, 415],
    ['no source', [item('01')], '', {}, 400, 400],
    ['an unknown source', [item('01')], 'source=SHOP', {}, 400, 400],
    ['a missing account', [item('01')], 'source=WECHAT', {}, 400, 8011],
    ['an unknown attribution', [item('01')], 'source=INSTORE', attribution('SHOP', 'a'), 400, 1061],
    ['a type without a code', [item('01')], 'source=INSTORE', attribution('TILL', ''), 400, 1062],
    ['a code without a type', [item('01')], 'source=INSTORE', attribution('', 'a'), 400, 1062],
    ['an unknown till', [item('01')], 'source=INSTORE', attribution('TILL', 'unknown-till'), 400, 91021],
    ['an object', item('01'), 'source=INSTORE', {}, 400, 400],
    ['no JSON', '[{', 'source=INSTORE', {}, 400, 400],
    ['no items', [], 'source=INSTORE', {}, 400, 400],
    ['too many items', longBatch, 'source=INSTORE', {}, 400, 1060],
    ['no loyalty type', [item('01'), { ...item('02'), loyaltyInfo: {} }], 'source=INSTORE', {}, 403, 403],
    ['no identifiers', [{ ...item('02'), profiles: [{}] }], 'source=INSTORE', {}, 403, 403],
  ])('is %s', async (_, body, query, headers, status, code) => {
    const reply = await sandbox.put(body, query, headers);
    expect(reply.status).toBe(status);
    expect(reply.json).toMatchObject({ warnings: [], ...firstError(code) });
    expect(reply.headers.get('x-cap-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['an unknown property', { nickname: 'x' }, '[0].nickname is an unknown property'],
    [
      'a value that is a number',
      { profiles: [{ identifiers: [{ type: 'mobile', value: 1 }] }] },
      'value must be',
    ],
    [
      'negative points',
      { loyaltyProgramEnrollments: [{ programId: 1016, loyaltyPoints: -1 }] },
      'loyaltyPoints',
    ],
    [
      'half a tier',
      { loyaltyProgramEnrollments: [{ programId: 1016, tierNumber: 1.5 }] },
      'tierNumber must be',
    ],
    [
      'an unknown company property',
      { associationDetails: { fleetCompany: { externalId: 'a', id: 1 } } },
      'company',
    ],
  ])('is %s', async (_, more, message) => {
    const { status, json } = await sandbox.put([item('01', more)]);
    expect(status).toBe(400);
    expect(JSON.stringify(json)).toMatch(new RegExp(message.replaceAll(/[[\].]/g, '\\$&'), 'i'));
  });

  it('is a boolean that is written as a string', async () => {
    const profile = {
      identifiers: [{ type: 'mobile', value: '919900000001' }],
      commChannels: [{ type: 'email', value: 'a@example.com', primary: 'true' }],
    };
    expect((await sandbox.put([item('01', { profiles: [profile] })])).status).toBe(400);
  });

  it('is the limit per minute, token calls included', async () => {
    await sandbox.admin('PATCH', '/settings', { callsPerMinute: 2 });
    await sandbox.requestToken();
    expect((await sandbox.put([item('01')])).status).toBe(200);
    const refused = await sandbox.put([item('01')]);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, null]);
    await sandbox.admin('PATCH', '/settings', { retryAfterSeconds: 7 });
    expect((await sandbox.put([item('01')])).headers.get('retry-after')).toBe('7');
  });

  it('is another path or method', async () => {
    expect((await sandbox.send('GET', '/v2/nothing')).json).toMatchObject(firstError(404));
    expect((await sandbox.send('POST', '/v2/bulk', [])).json).toMatchObject(firstError(405));
  });
});

describe('the journal', () => {
  it('holds every vendor call in order, without secrets', async () => {
    const headers = {
      traceparent: '00-1',
      'x-request-id': 'r-1',
      'user-agent': 'spec',
      'x-cap-api-attribution-entity-type': 'TILL',
      'x-cap-api-attribution-entity-code': 'till-1',
    };
    await sandbox.requestToken();
    const { headers: answered } = await sandbox.put([item('01'), item('99')], 'source=INSTORE', headers);
    const journal = await sandbox.list('/journal');
    expect(journal).toMatchObject([
      { kind: 'token', path: '/v3/oauth/token/generate', answeredStatus: 200, itemCount: null },
      {
        id: answered.get('x-cap-request-id'),
        kind: 'bulk',
        method: 'PUT',
        path: '/v2/bulk',
        query: { source: 'INSTORE' },
        attribution: { entityType: 'TILL', entityCode: 'till-1' },
        userAgent: 'spec',
        traceparent: '00-1',
        requestId: 'r-1',
        authScheme: 'basic',
        itemCount: 2,
        body: [item('01'), item('99')],
        openedAt: expect.any(Number),
        closedAt: expect.any(Number),
        answeredStatus: 201,
        applied: [0],
        faults: [],
      },
    ]);
    expect(journal[0]).not.toHaveProperty('body');
    expect(JSON.stringify(journal)).not.toMatch(/sandbox-secret|Basic|accessToken/);
    await sandbox.admin('DELETE', '/journal');
    expect(await sandbox.list('/journal')).toEqual([]);
  });
});

describe('the admin API', () => {
  it.each([
    ['POST', '/faults', { kind: 'nonsense' }, 'kind must be one of'],
    ['POST', '/faults', { kind: 'latency' }, 'ms is missing'],
    ['POST', '/faults', { kind: 'hang', times: 0 }, 'times must be'],
    ['POST', '/faults', { kind: 'hang', count: 1 }, 'count is an unknown property'],
    ['POST', '/faults', { kind: 'poison' }, 'match is missing'],
    ['POST', '/faults', { kind: 'strangers', on: 'token' }, 'on must be bulk'],
    ['POST', '/faults', [{ kind: 'hang' }, { kind: 'drip' }], '[1]: bytesPerSecond is missing'],
    ['POST', '/faults', { kind: 'status', status: 200, headers: { 'bad header': 'x' } }, 'headers must be'],
    ['PATCH', '/settings', { overlap: 521 }, 'overlap must be one of'],
    ['PATCH', '/settings', { nothing: 1 }, 'nothing is an unknown property'],
    ['POST', '/customers', [{ source: 'INSTORE' }], '[0].identifiers is missing'],
    [
      'POST',
      '/customers',
      { source: 'WECHAT', identifiers: [{ type: 'a', value: 'b' }] },
      'accountId is required',
    ],
    ['POST', '/customers', '{', 'the body must be JSON'],
  ])('names the mistake: %s %s %o', async (method, path, body, message) => {
    const { status, json } = await sandbox.send(method, `/_sandbox${path}`, body);
    expect(status).toBe(400);
    expect((json as { error: string }).error).toContain(message);
    expect(await sandbox.list('/faults')).toEqual([]);
  });

  it('finds customers, adds them and changes them', async () => {
    const asha = await sandbox.list('/customers?identifier=email:asha.rao@example.com');
    expect(asha).toMatchObject([
      { source: 'INSTORE', accountId: null, firstName: 'Asha', loyaltyType: 'loyalty' },
    ]);
    expect(await sandbox.list('/customers?source=WECHAT&accountId=WECHAT-CM')).toHaveLength(2);
    const seed = {
      source: 'INSTORE',
      identifiers: [{ type: 'mobile', value: '919900000050' }],
      firstName: 'Uma',
    };
    expect(await sandbox.admin('POST', '/customers', [seed])).toMatchObject([
      { firstName: 'Uma', fraud: false },
    ]);
    await sandbox.admin('POST', '/customers', {
      source: 'INSTORE',
      identifiers: seed.identifiers,
      fraud: true,
    });
    expect(await sandbox.list('/customers?identifier=mobile:919900000050')).toMatchObject([
      { firstName: 'Uma', fraud: true },
    ]);
  });

  it('lists faults and removes one or all of them', async () => {
    const two = [{ kind: 'hang' }, { kind: 'html', status: 503, times: -1 }];
    const [hang] = (await sandbox.admin('POST', '/faults', two)) as { id: string }[];
    expect(hang).toEqual({ id: hang?.id, kind: 'hang', on: 'bulk', times: 1, match: null });
    await sandbox.admin('DELETE', `/faults/${hang?.id}`);
    expect(await sandbox.list('/faults')).toMatchObject([{ kind: 'html', status: 503, times: -1 }]);
    await sandbox.admin('DELETE', '/faults');
    expect(await sandbox.admin('GET', '/state')).toMatchObject({ customers: 22, faults: 0, overlaps: 0 });
  });
});

describe('a client that misbehaves', () => {
  it('does not stop the sandbox', async () => {
    const put = (body: string): Promise<{ status: number }> => sandbox.put(body);
    expect((await put('\u0000\uFFFF garbage')).status).toBe(400);
    expect((await put('['.repeat(10_000_000))).status).toBe(400);
    expect((await put(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)).status).toBe(400);
    expect((await put('null')).status).toBe(400);
    expect((await put('[null]')).status).toBe(400);
    expect(
      (await put(`[{"__proto__":{"x":1},"profiles":[{"identifiers":[{}]}],"loyaltyInfo":1}]`)).status,
    ).toBe(400);
    expect((await put(`["${'x'.repeat(21 * 1024 * 1024)}"]`)).status).toBe(413);
    expect((await sandbox.send('GET', '//%%%?source=%ZZ')).status).toBe(404);
    expect((await sandbox.send('GET', '/_sandbox/journal')).status).toBe(200);
    expect(await sandbox.admin('GET', '/health')).toEqual({ status: 'ok' });
  });

  it('may send no HTTP, or hang up in the middle', async () => {
    const { port } = new URL(sandbox.url);
    const started = 'PUT /v2/bulk HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n[';
    for (const text of ['nonsense\r\n\r\n', started]) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      socket.write(text, () => socket.destroy());
    }
    expect((await sandbox.put([item('01')])).status).toBe(200);
  });
});

describe('the process', () => {
  it('exits with 0 on SIGTERM, open calls or not', async () => {
    const another = await runSandbox();
    await another.admin('POST', '/faults', { kind: 'hang' });
    const hung = another.put([item('01')]).catch(() => 'closed');
    while ((await another.list('/journal')).length === 0);
    expect(await another.stop()).toBe(0);
    expect(await hung).toBe('closed');
  });
});
