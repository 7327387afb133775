import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  createServer,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { HttpModule } from '@nestjs/axios';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../../src/config/settings.js';
import { EventLog } from '../../src/observability/event-log.js';
import { AuthorizedHttp } from '../../src/upstream/authorized-http.js';
import { BulkClient } from '../../src/upstream/bulk.client.js';
import { type BulkItem, measureItem } from '../../src/upstream/bulk-request.js';
import { CallBudget } from '../../src/upstream/call-budget.js';
import { CallQuota } from '../../src/upstream/call-quota.js';
import { Credentials, basicAuthorization } from '../../src/upstream/credentials.js';
import { PacedHttp } from '../../src/upstream/paced-http.js';
import { ChildrenClient } from '../../src/upstream/reads/children.client.js';
import type { Route } from '../../src/upstream/route.js';
import { SharedBudget } from '../../src/upstream/shared-budget.js';
import { TokenSource, readToken } from '../../src/upstream/token.source.js';
import { connectOptions } from '../../src/upstream/undici-adapter.js';
import { VendorHttp, nameConnectError, vendorHttpOptions } from '../../src/upstream/vendor-http.js';

const sample = (name: string): string => readFileSync(new URL(`../samples/${name}`, import.meta.url), 'utf8');

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answer = (response: ServerResponse, seen: Seen) => void;

const TLS = new URL('../harness/tls/', import.meta.url);

const servers: Server[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A vendor that sends the given answers, and records the requests. */
async function aVendor(
  answer: Answer,
  token: Answer = json(sample('oauth-token.response.json')),
  tls?: { readonly cert: Buffer; readonly key: Buffer },
) {
  const seen: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
      seen.push(one);
      (url?.startsWith('/v3/oauth') ? token : answer)(response, one);
    });
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    seen,
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    closeIdle: () => server.closeIdleConnections(),
    ofToken: (isToken: boolean) => seen.filter(({ url }) => url?.startsWith('/v3/oauth') === isToken),
  };
}

function json(body: string, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(body);
  };
}

async function clients(baseUrl: string, differences: Partial<Settings> = {}) {
  const settings = Object.assign(new Settings(), {
    UPSTREAM_BASE_URL: baseUrl,
    UPSTREAM_OAUTH_KEY: 'key',
    UPSTREAM_OAUTH_SECRET: 'secret',
    UPSTREAM_TIMEOUT_MS: 400,
    ...differences,
  });
  const written: string[] = [];
  const log = {
    write: (...line: unknown[]) => void written.push(JSON.stringify(line)),
    fault: (...line: unknown[]) => void written.push(JSON.stringify(line)),
  };
  const module = await Test.createTestingModule({
    imports: [HttpModule.register(vendorHttpOptions(settings))],
    providers: [
      { provide: CallBudget, useValue: new CallBudget(settings.UPSTREAM_CALLS_PER_MINUTE) },
      { provide: SharedBudget, useValue: { take: async () => 0, end: () => undefined } },
      CallQuota,
      VendorHttp,
      PacedHttp,
      TokenSource,
      Credentials,
      AuthorizedHttp,
      BulkClient,
      ChildrenClient,
      { provide: Settings, useValue: settings },
      { provide: EventLog, useValue: log },
    ],
  }).compile();
  return {
    bulk: module.get(BulkClient),
    children: module.get(ChildrenClient),
    budget: module.get(CallBudget),
    http: module.get(VendorHttp),
    written,
  };
}

const ROUTE: Route = { source: 'WECHAT', accountId: 'WECHAT-CM' };
const BULK_ITEM: BulkItem = {
  profiles: [{ identifiers: [{ type: 'mobile', value: '915905000000' }], source: 'WECHAT' }],
  loyaltyInfo: { loyaltyType: 'loyalty' },
};
const ITEM = measureItem(BULK_ITEM);
const NEVER = new AbortController().signal;

describe(BulkClient.name, () => {
  it('sends what the contract asks for, on behalf of the entity of the route', async () => {
    const vendor = await aVendor(
      json(sample('bulk-put-association.response.json'), 200, { 'X-CAP-REQUEST-ID': 'id-1' }),
    );
    const { bulk } = await clients(vendor.url);

    const result = await bulk.send(
      { ...ROUTE, attribution: { type: 'STORE_CODE', code: 's 1' } },
      [ITEM],
      {},
    );

    expect(result.upstreamRequestId).toBe('id-1');
    const [token] = vendor.ofToken(true);
    expect(JSON.parse(token?.body ?? '')).toEqual({ key: 'key', secret: 'secret' });
    const [call] = vendor.ofToken(false);
    expect(call).toMatchObject({
      method: 'PUT',
      url: '/v2/bulk?source=WECHAT&accountId=WECHAT-CM',
      body: JSON.stringify([BULK_ITEM]),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'x-cap-api-attribution-entity-type': 'STORE_CODE',
        'x-cap-api-attribution-entity-code': 's 1',
        'x-cap-api-oauth-token': (
          JSON.parse(sample('oauth-token.response.json')) as { data: { accessToken: string } }
        ).data.accessToken,
      },
    });
  });

  it('identifies a till by the lower-case hex MD5 of its password', async () => {
    const vendor = await aVendor(json('[{}]'));
    const { bulk } = await clients(vendor.url, {
      UPSTREAM_AUTH: 'basic',
      UPSTREAM_BASIC_TILL: 'till.1',
      UPSTREAM_BASIC_PASSWORD: 'password',
    });
    await bulk.send(ROUTE, [ITEM], {});

    // md5('password') = 5f4dcc3b5aa765d61d8327deb882cf99
    const expected = Buffer.from('till.1:5f4dcc3b5aa765d61d8327deb882cf99').toString('base64');
    expect(vendor.seen[0]?.headers['authorization']).toBe(`Basic ${expected}`);
  });

  it("reads the vendor's PUT sample: a bare customer, an empty error, reordered identifiers", async () => {
    const vendor = await aVendor(json(sample('bulk-put-association.response.json')));
    const { bulk } = await clients(vendor.url);

    expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({
      kind: 'answered',
      results: [
        {
          verdict: 'updated',
          errors: [],
          identifiers: [
            { type: 'unionId', value: 'unionId_915905000000' },
            { type: 'cuid', value: 'cuid_915905000000' },
            { type: 'mobile', value: '915905000000' },
          ],
        },
      ],
    });
  });

  it("reads the vendor's POST sample: an entity, its warning, and its children", async () => {
    const vendor = await aVendor(json(sample('bulk-post-parent-with-children.response.json')));
    const { bulk } = await clients(vendor.url);

    const result = await bulk.send(ROUTE, [ITEM], {});

    expect(result).toMatchObject({
      kind: 'answered',
      results: [
        {
          verdict: 'updated',
          customerId: 409966467,
          warnings: [{ code: 19223, type: 'points-in-doubt' }],
          childFailureCount: 0,
          children: [
            {
              customerId: 409966468,
              verdict: 'updated',
              warnings: [{ code: 8056 }, { code: 8058 }, { code: 19223 }],
            },
            { customerId: 409966469, verdict: 'updated', warnings: [{ code: 19223 }] },
          ],
        },
      ],
    });
  });

  it.each<[string, Answer, object]>([
    [
      'the sample of a 500 for all',
      json(sample('error-all-failed-500.response.json'), 500),
      { kind: 'ambiguous', reason: 'upstream-error' },
    ],
    [
      'a sample that is no array',
      json(sample('card-update-bulk.response.json')),
      { kind: 'ambiguous', reason: 'answer-unreadable' },
    ],
    [
      'results with HTTP 500',
      json('[{"errors":[{"code":8015}]}]', 500),
      { kind: 'answered', results: [{ verdict: 'rejected' }] },
    ],
    [
      'results with HTTP 201',
      json('[{"errors":[{"code":"521"}]}]', 201),
      { kind: 'answered', results: [{ verdict: 'not-processed' }] },
    ],
    [
      '521 with JSON',
      json('{"errors":[{"code":521}]}', 521),
      { kind: 'not-processed', reason: 'customer-busy' },
    ],
    [
      '521 of the edge',
      (response) => response.writeHead(521).end('down'),
      { kind: 'not-processed', reason: 'web-server-down' },
    ],
    [
      '429 with a date',
      json('{}', 429, { 'Retry-After': 'Fri, 01 Jan 2100 00:00:00 GMT' }),
      { kind: 'not-processed', reason: 'rate-limited', canPass: true, retryAfterMs: 3_600_000 },
    ],
    [
      '429 with seconds',
      json('{}', 429, { 'Retry-After': '7' }),
      { kind: 'not-processed', retryAfterMs: 7000 },
    ],
    [
      '429 with a repeated header, the first of which counts',
      (response) => response.writeHead(429, { 'Retry-After': ['7', '9'] }).end('{}'),
      { kind: 'not-processed', retryAfterMs: 7000 },
    ],
    ['a byte order mark', json('\uFEFF[{}]'), { kind: 'answered', results: [{ verdict: 'updated' }] }],
    [
      'an informational answer before the answer',
      (response, seen) => {
        response.writeEarlyHints({ link: '</x>; rel=preload' });
        json('[{}]')(response, seen);
      },
      { kind: 'answered', results: [{ verdict: 'updated' }] },
    ],
    [
      '100 that no header asked for, which undici does not accept',
      (response, seen) => {
        response.writeContinue();
        json('[{}]')(response, seen);
      },
      { kind: 'ambiguous', reason: 'connection-lost' },
    ],
    [
      '4001 with HTTP 200',
      json('{"errors":[{"code":4001}]}'),
      { kind: 'not-processed', reason: 'upstream-busy' },
    ],
    [
      '1060',
      json('{"errors":[{"code":1060}]}', 400),
      { kind: 'refused', reason: 'batch-too-large', isDivisible: true },
    ],
    [
      '1061',
      json('{"errors":[{"code":1061}]}', 400),
      { kind: 'refused', isDivisible: false, errors: [{ type: 'attribution-invalid' }] },
    ],
    [
      '400 of a gateway',
      (response) => response.writeHead(400).end('<h1>Bad</h1>'),
      { kind: 'refused', reason: 'no-verdict', isDivisible: true },
    ],
    [
      'an error in place of a result, with HTTP 400',
      json('[{"code":400,"status":false,"message":"invalid request"}]', 400),
      { kind: 'answered', results: [{ verdict: 'rejected', errors: [{ code: 400 }] }] },
    ],
    ['500 with a result that did not fail', json('[{}]', 500), { kind: 'ambiguous' }],
    ['201 with results that did not fail', json('[{"errors":[{}]}]', 201), { kind: 'ambiguous' }],
    [
      'errors without their list',
      json('[{"errors":{"code":8015}}]', 201),
      { kind: 'answered', results: [{ verdict: 'rejected', errors: [{ code: 8015 }] }] },
    ],
    [
      'a code that is no number',
      json('[{"errors":[{"code":"E8015"}]},{"errors":"no"},{}]'),
      {
        kind: 'answered',
        results: [{ verdict: 'ambiguous' }, { verdict: 'ambiguous' }, { verdict: 'updated' }],
      },
    ],
    [
      '403 of a firewall',
      (response) => response.writeHead(403).end('<h1>Blocked</h1>'),
      { kind: 'not-processed', reason: 'gateway-refused', canPass: true, retryAfterMs: 0 },
    ],
    ...[402, 403, 407, 409, 411, 418, 421, 422, 423, 424, 451, 499].flatMap(
      (status): [string, Answer, object][] =>
        ['', '<h1>No</h1>', '{"error":"conflict"}', '{"errors":[{"code":"CONFLICT"}]}', '{"errors":[]}'].map(
          (body) => [
            `${status} without a code of the vendor: ${body}`,
            json(body, status),
            { kind: 'not-processed', reason: 'gateway-refused', canPass: true },
          ],
        ),
    ),
    ...[404, 405, 414, 415, 431].map((status): [string, Answer, object] => [
      `bare ${status}`,
      json('', status),
      { kind: 'refused', reason: 'upstream-misconfigured', isDivisible: false },
    ]),
    ['bare 413', json('', 413), { kind: 'refused', reason: 'body-too-large', isDivisible: true }],
    [
      "409 with the vendor's JSON",
      json('{"errors":[{"code":409}]}', 409),
      { kind: 'refused', reason: 'call-refused', isDivisible: true, errors: [{ code: 409 }] },
    ],
    ...['access denied', 'API is not enabled for the org'].map((message): [string, Answer, object] => [
      `403: ${message}`,
      json(JSON.stringify({ errors: [{ code: 403, message }] }), 403),
      { kind: 'refused', reason: 'upstream-misconfigured', isDivisible: false },
    ]),
    [
      '403: a field is missing',
      json('{"errors":[{"code":403,"message":"mandatory field is missing, or not enabled"}]}', 403),
      { kind: 'refused', reason: 'call-refused', isDivisible: true },
    ],
    [
      'a redirect with errors in it',
      json('{"errors":[{"code":401}]}', 302),
      { kind: 'ambiguous', reason: 'redirected' },
    ],
    ['304', json('', 304), { kind: 'ambiguous', reason: 'redirected' }],
    ['408', (response) => response.writeHead(408).end(), { kind: 'not-processed', reason: 'upstream-busy' }],
    ['403', json('{"errors":[{"code":403}]}', 403), { kind: 'refused', isDivisible: true }],
    ['404', json('{}', 404), { kind: 'refused', reason: 'upstream-misconfigured' }],
    [
      '401 again and again',
      json('{}', 401),
      { kind: 'not-processed', reason: 'credentials-refused', canPass: false },
    ],
    [
      'HTML with 200',
      (response) => response.end('<html></html>'),
      { kind: 'ambiguous', reason: 'answer-unreadable' },
    ],
    ['no answer', () => undefined, { kind: 'ambiguous', reason: 'answer-timeout' }],
    [
      'a reset',
      (response) => response.socket?.resetAndDestroy(),
      { kind: 'ambiguous', reason: 'connection-lost' },
    ],
    [
      '40 MB',
      (response) => response.end(`[${' '.repeat(40_000_000)}]`),
      { kind: 'ambiguous', reason: 'answer-too-large' },
    ],
  ])('classifies each answer: %s', async (_case, answer, expected) => {
    const vendor = await aVendor(answer);
    const { bulk } = await clients(vendor.url, { UPSTREAM_TIMEOUT_MS: 1500 });

    expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject(expected);
  });

  it('has sent nothing when no connection was established', async () => {
    const { bulk } = await clients('http://127.0.0.1:9', { UPSTREAM_AUTH: 'basic' });

    expect(await bulk.send(ROUTE, [ITEM], {})).toEqual({
      kind: 'not-sent',
      reason: 'connection-refused',
      decidedBy: 'transport',
      canPass: true,
    });
  });

  it('has sent nothing when TLS was not established in time', async () => {
    const silent = createTcpServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const { bulk } = await clients(`https://127.0.0.1:${port}`, {
      UPSTREAM_AUTH: 'basic',
      UPSTREAM_CONNECT_TIMEOUT_MS: 50,
      UPSTREAM_TIMEOUT_MS: 5000,
    });

    expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({ kind: 'not-sent', reason: 'connect-timeout' });
    silent.close();
  });

  it('keeps a connection, and leaves a call in doubt that is reset on it', async () => {
    const ports: (number | undefined)[] = [];
    const vendor = await aVendor((response, seen) => {
      ports.push(response.socket?.remotePort);
      if (ports.length === 2) response.socket?.resetAndDestroy();
      else json('[{}]')(response, seen);
    });
    const { bulk } = await clients(vendor.url, { UPSTREAM_AUTH: 'basic' });

    expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({ kind: 'answered' });
    await nextTurn(); // undici reuses a connection only after a turn of the event loop
    expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({
      kind: 'ambiguous',
      reason: 'connection-lost',
    });
    expect(ports[1]).toBe(ports[0]);
    expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({ kind: 'answered' });
    expect(vendor.seen).toHaveLength(3);
  });

  it('opens a new connection when the vendor has closed the one that was kept', async () => {
    const vendor = await aVendor(json('[{}]'));
    const { bulk } = await clients(vendor.url, { UPSTREAM_AUTH: 'basic' });
    await bulk.send(ROUTE, [ITEM], {});
    await nextTurn();
    vendor.closeIdle();

    expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({ kind: 'answered' });
    expect(vendor.seen).toHaveLength(2);
  });

  it.each([301, 302, 303, 307, 308])(
    'follows no redirect, so that credentials stay with their host: %i',
    async (status) => {
      const other = await aVendor(json('[{}]'));
      const elsewhere: Answer = (response) => response.writeHead(status, { Location: other.url }).end();
      const ofCalls = await clients((await aVendor(elsewhere)).url);
      const ofTokens = await clients((await aVendor(json('[{}]'), elsewhere)).url);

      expect(await ofCalls.bulk.send(ROUTE, [ITEM], {})).toMatchObject({
        kind: 'ambiguous', // the vendor may have applied it
        reason: 'redirected',
      });
      expect(await ofTokens.bulk.send(ROUTE, [ITEM], {})).toMatchObject({
        kind: 'not-sent',
        reason: 'not-a-token-endpoint',
      });
      expect(other.seen).toEqual([]);
    },
  );

  it('goes through no proxy, whatever the environment names', async () => {
    const proxy = await aVendor(json('[{}]'));
    const vendor = await aVendor(json('[{}]'));
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) {
      vi.stubEnv(name, proxy.url);
    }
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    const { bulk } = await clients(vendor.url);

    expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({ kind: 'answered' });
    expect(proxy.seen).toEqual([]);
    expect(vendor.seen).toHaveLength(2);
  });

  it.each(['@elsewhere.example', '//elsewhere.example', '#', '?x', '/../..', '\\elsewhere.example'])(
    'goes to its host, whatever an account contains: %s',
    async (accountId) => {
      const { bulk } = await clients('https://vendor.example:8443');
      const { host, searchParams } = new URL(bulk.describe({ ...ROUTE, accountId }, [ITEM]).url);
      expect([host, searchParams.get('accountId')]).toEqual(['vendor.example:8443', accountId]);
    },
  );

  it('trusts a vendor by the authority it is given, and by no other', async () => {
    const vendor = await aVendor(json('[{}]'), undefined, {
      cert: readFileSync(new URL('vendor.pem', TLS)),
      key: readFileSync(new URL('vendor-key.pem', TLS)),
    });
    const UPSTREAM_CA = readFileSync(new URL('authority.pem', TLS), 'utf8');
    const trusting = await clients(vendor.url, { UPSTREAM_CA });
    expect(await trusting.bulk.send(ROUTE, [ITEM], {})).toMatchObject({ kind: 'answered' });
    vendor.seen.splice(0);

    // As an operator would switch it off, who is refused at the start.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const wary = await clients(vendor.url, { UPSTREAM_AUTH: 'basic' });
    expect(await wary.bulk.send(ROUTE, [ITEM], {})).toMatchObject({
      kind: 'not-sent',
      reason: 'unknown-authority',
    });
    expect(wary.http.connectionFailure).toBe('unknown-authority');
    expect(vendor.seen).toEqual([]);
  });

  it('fetches one new token for 50 calls that are refused at once, and repeats each call once', async () => {
    let issued = 0;
    const vendor = await aVendor(
      (response, { headers }) =>
        json('[{}]', headers['x-cap-api-oauth-token'] === 'token-1' ? 401 : 200)(response, {
          method: '',
          url: '',
          headers,
          body: '',
        }),
      (response, seen) =>
        json(
          JSON.stringify({ data: { accessToken: `token-${(issued += 1)}`, ttlSeconds: 300 }, errors: null }),
        )(response, seen),
    );
    const { bulk, written } = await clients(vendor.url, { UPSTREAM_TIMEOUT_MS: 5000 });
    await bulk.send(ROUTE, [ITEM], {});
    expect(issued).toBe(2);

    const again = await clients(vendor.url, { UPSTREAM_TIMEOUT_MS: 5000 });
    issued = 0;
    const results = await Promise.all(Array.from({ length: 50 }, () => again.bulk.send(ROUTE, [ITEM], {})));

    expect(results.every(({ kind }) => kind === 'answered')).toBe(true);
    expect(issued).toBe(2);
    expect(written.join()).not.toMatch(/token-\d|secret|915905000000/);
  });

  it.each<[string, Answer, object]>([
    [
      'refuses',
      json('{"data":null,"errors":[{"code":401}]}', 401),
      { reason: 'credentials-refused', canPass: false },
    ],
    [
      'refuses with 200',
      json('{"data":null,"errors":[{"code":1}]}'),
      { reason: 'credentials-refused', canPass: false },
    ],
    [
      'is not there for',
      json('{"errors":[{"code":404}]}', 404),
      { reason: 'not-a-token-endpoint', canPass: false },
    ],
    [
      'answers with a page instead of',
      json('<html></html>'),
      { reason: 'not-a-token-endpoint', canPass: false },
    ],
    [
      'is behind a firewall that refuses',
      json('<html></html>', 403),
      { reason: 'token-unavailable', canPass: true },
    ],
    ['fails', json('oops', 502), { reason: 'token-unavailable', canPass: true }],
  ])('sends no call where the vendor %s a token', async (_case, token, expected) => {
    const vendor = await aVendor(json('[{}]'), token);
    const { bulk } = await clients(vendor.url);

    expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({ kind: 'not-sent', ...expected });
    expect(vendor.ofToken(false)).toEqual([]);
  });
});

describe('a connection', () => {
  it.each([
    ['https://vendor.invalid', 'name-not-found'],
    ['https://127.0.0.1:9', 'connection-refused'],
  ])('that fails is named by its cause, with a token as without: %s', async (url, reason) => {
    for (const UPSTREAM_AUTH of ['oauth', 'basic'] as const) {
      const { bulk, http } = await clients(url, { UPSTREAM_AUTH, UPSTREAM_TIMEOUT_MS: 9000 });
      expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({ kind: 'not-sent', reason, canPass: true });
      expect(http.connectionFailure).toBe(reason);
    }
  });

  it('that is not TLS is named so', async () => {
    const vendor = await aVendor(json('[{}]'));
    const { bulk } = await clients(vendor.url.replace('http:', 'https:'), { UPSTREAM_AUTH: 'basic' });
    expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({ kind: 'not-sent', reason: 'not-tls' });
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'certificate-expired'],
    ['CERT_NOT_YET_VALID', 'certificate-not-valid-yet'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'wrong-host-name'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'unknown-authority'],
    ['EHOSTUNREACH', 'host-unreachable'],
    ['ETIMEDOUT', 'connect-timeout'],
    ['ECONNRESET', 'connection-failed'],
    [undefined, 'connection-failed'],
  ])('has a fixed word for %s', (code, reason) => {
    expect(nameConnectError(code)).toBe(reason);
  });

  it('gives each address of the host its time, within that of all', () => {
    expect(connectOptions({ connectTimeoutMs: 4000, ca: undefined })).toMatchObject({
      timeout: 4000,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 1000,
    });
  });
});

describe('a corrected file of a secret', () => {
  it.each([
    ['UPSTREAM_OAUTH_SECRET', 'oauth'],
    ['UPSTREAM_BASIC_PASSWORD', 'basic'],
  ] as const)('is read without a restart: %s', async (name, UPSTREAM_AUTH) => {
    const folder = mkdtempSync(join(tmpdir(), 'meniscus-secret-'));
    const file = join(folder, 'secret');
    writeFileSync(file, 'wrong');
    vi.stubEnv(`${name}_FILE`, file);
    const right = basicAuthorization('till', 'right');
    const vendor = await aVendor(
      (response, seen) =>
        (UPSTREAM_AUTH === 'oauth' || seen.headers.authorization === right ? json('[{}]') : json('', 401))(
          response,
          seen,
        ),
      (response, seen) =>
        seen.body.includes('right')
          ? json(sample('oauth-token.response.json'))(response, seen)
          : json('{"errors":[{"code":401}]}', 401)(response, seen),
    );
    const { bulk, written } = await clients(vendor.url, {
      UPSTREAM_AUTH,
      UPSTREAM_BASIC_TILL: 'till',
      [name]: 'wrong',
    });
    expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({ reason: 'credentials-refused' });
    writeFileSync(file, ' ');
    await vi.waitFor(async () => {
      await bulk.send(ROUTE, [ITEM], {});
      expect(written.join()).toContain('secret-file.refused');
    }, 5000);
    writeFileSync(file, 'right\n');
    await vi.waitFor(
      async () => expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({ kind: 'answered' }),
      5000,
    );
    expect(written.join()).not.toMatch(/right|wrong/);
    rmSync(folder, { recursive: true });
  });
});

const body = (ttlSeconds: unknown): string => JSON.stringify({ data: { accessToken: 'token', ttlSeconds } });

describe('a token', () => {
  it('has the life that the vendor names, as a number or as text', () => {
    expect(readToken(body('300'), 0)).toEqual(readToken(body(300), 0));
    expect(readToken(body('300'), 0)?.renewAt).toBe(270_000);
    expect(readToken(body('soon'), 0)?.renewAt).toBe(0);
  });

  it('is fetched anew also when the vendor refuses it in the body', async () => {
    let calls = 0;
    const vendor = await aVendor((response, seen) =>
      json((calls += 1) === 1 ? '{"errors":[{"code":401,"message":"expired"}]}' : '[{}]')(response, seen),
    );
    const { bulk } = await clients(vendor.url);
    expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({ kind: 'answered' });
    expect(vendor.ofToken(true)).toHaveLength(2);
  });
});

describe('the calls of the minute', () => {
  it('are not overrun by those who waited for the same token', async () => {
    const vendor = await aVendor(json(sample('bulk-get-children.response.json')));
    const { children } = await clients(vendor.url, { UPSTREAM_CALLS_PER_MINUTE: 10 });
    const above = { type: 'company', externalId: 'C-1' } as const;
    const query = { above, limit: 10, offset: 0 };
    await Promise.all(
      Array.from({ length: 30 }, () => children.list(ROUTE, query, { attempt: 1, until: NEVER })),
    );
    expect(vendor.seen.length).toBeLessThanOrEqual(10);
  });

  it('let a token through at once, however slow the pace that a 429 taught', async () => {
    const vendor = await aVendor(json('[{}]'));
    const { bulk, budget } = await clients(vendor.url, { UPSTREAM_CALLS_PER_MINUTE: 100 });
    const longAgo = performance.now() - 10_000;
    budget.take(longAgo);
    budget.end(longAgo);
    budget.refused(1, longAgo); // ten calls a minute from now on
    budget.take(performance.now()); // of the bulk call that needs a token
    expect(await bulk.send(ROUTE, [ITEM], {})).toMatchObject({ kind: 'answered' });
  });
});

describe(ChildrenClient.name, () => {
  it("reads the vendor's sample of a list, and asks as the sample of the request does", async () => {
    const vendor = await aVendor(json(sample('bulk-get-children.response.json')));
    const { children } = await clients(vendor.url);

    const result = await children.list(
      ROUTE,
      {
        above: { type: 'parentCustomer', identifier: { type: 'mobile', value: '917169721931' } },
        limit: 10,
        offset: 0,
        sortOrder: 'DESC',
      },
      { attempt: 1, until: NEVER },
    );

    const request = JSON.parse(sample('bulk-get-children.request.json')) as { path: string; query: object };
    const asked = new URL(vendor.ofToken(false)[0]?.url ?? '', vendor.url);
    expect(asked.pathname).toBe(request.path);
    expect(Object.fromEntries(asked.searchParams)).toEqual(request.query);
    expect(result).toMatchObject({
      kind: 'page',
      page: {
        count: 2,
        customers: [
          {
            customerId: 409967645,
            firstName: 'Capillary',
            extendedFields: { city: 'city_6878387', gender: 'Male' },
          },
          { customerId: 409967644 },
        ],
      },
    });
  });

  it('waits for the quota no longer than the result is wanted', async () => {
    const vendor = await aVendor(json(sample('bulk-get-children.response.json')));
    const { children } = await clients(vendor.url, {
      UPSTREAM_AUTH: 'basic',
      UPSTREAM_CALLS_PER_MINUTE: 30, // eight at once, then one each two seconds or so
      UPSTREAM_TIMEOUT_MS: 60_000,
    });
    const above = { type: 'company', externalId: 'C-1' } as const;
    const list = (until: AbortSignal) =>
      children.list(ROUTE, { above, limit: 10, offset: 0 }, { attempt: 1, until });
    const atOnce = await Promise.all(Array.from({ length: 8 }, () => list(NEVER)));
    expect(atOnce.map(({ kind }) => kind)).toEqual(Array(8).fill('page'));

    expect(await list(AbortSignal.timeout(50))).toMatchObject({ kind: 'not-sent', reason: 'rate-limited' });
    expect(vendor.seen).toHaveLength(8);
  });
});
