import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request as openRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES, type Scope } from '../../src/security/scopes.js';
import { makeKey } from '../../src/security/api-key.js';
import { type KeyRecord, writeKeysFile } from '../../src/security/keys-file.js';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { startProgram } from '../harness/child-program.js';
import { keyRecord, startService } from '../harness/service.js';
import { startTokenIssuer } from '../harness/token-issuer.js';
import { useFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

interface Operation {
  readonly operationId: string;
  readonly requestBody?: {
    readonly content: {
      readonly 'application/json': { readonly examples: Record<string, { readonly value: unknown }> };
    };
  };
  readonly 'x-required-scope'?: readonly Scope[];
}

/** A valid request without credentials. */
interface Endpoint {
  readonly method: string;
  readonly path: string;
  /** One of these scopes is enough. */
  readonly scopes: readonly Scope[];
  readonly body?: string;
}

interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const folder = useFolder();
const keysFile = join(folder, 'api-keys.json');
const [app, other, short, revoked, reader] = [makeKey(), makeKey(), makeKey(), makeKey(), makeKey()];

const RECORDS: readonly KeyRecord[] = [
  keyRecord(app, { name: 'app' }),
  keyRecord(other, { name: 'other' }),
  keyRecord(short, { name: 'short', expiresAt: '2026-01-01T00:00:00Z' }),
  keyRecord(reader, { name: 'reader', scopes: ['ops:read'] }),
];

writeKeysFile(keysFile, [...RECORDS, keyRecord(revoked, { name: 'revoked' })]);
const issuer = await startTokenIssuer(SCOPES.join(' '));
afterAll(() => issuer.close());
const sandbox = useSandbox();
const service = useService(sandbox, { API_KEYS_FILE: keysFile, ...issuer.settings });
let endpoints: Endpoint[];

/** Returns an unused address of 127.0.0.0/8, as failures are counted by address. */
let nextAddress = 10;
const newAddress = (): string => `127.0.1.${nextAddress++}`;

function send(
  { method, path, body }: Omit<Endpoint, 'scopes'>,
  authorization: string | undefined,
  from = '127.0.0.1',
): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const asked = openRequest(`${service.url}${path}`, {
      method,
      localAddress: from,
      agent: false,
      headers: {
        ...(authorization !== undefined && { Authorization: authorization }),
        // Node adds no length to the body of a DELETE.
        ...(body !== undefined && {
          'Content-Type': 'application/json',
          'Content-Length': String(Buffer.byteLength(body)),
        }),
        'Idempotency-Key': randomUUID(),
      },
    });
    asked.once('error', reject).once('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    asked.end(body);
  });
}

async function listEndpoints(): Promise<Endpoint[]> {
  const { json } = await service.send('GET', '/openapi.json');
  const paths = Object.entries(json.paths as Record<string, Record<string, Operation>>);
  const listed = paths.flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { 'x-required-scope': scopes, requestBody }]) => {
      if (scopes === undefined) return [];
      const [example] = Object.values(requestBody?.content['application/json'].examples ?? {});
      return [
        {
          method: method.toUpperCase(),
          path: path.replace('{id}', randomUUID()).replace(/^\/v1\/imports$/, '/v1/imports?kind=customers'),
          scopes,
          ...(example && { body: JSON.stringify(example.value) }),
        },
      ];
    }),
  );
  const reads = listed.filter(({ method }) => method === 'GET');
  // The list of imports has no parameter `kind`.
  for (const one of reads) one.path = one.path.replace('?kind=customers', '');
  return [...listed, ...reads.map((one) => ({ ...one, method: 'HEAD' }))];
}

beforeAll(async () => {
  endpoints = await listEndpoints();
});

/** Reads the state that a rejected request must not change. */
async function traces() {
  const answer = await send({ method: 'GET', path: '/v1/imports' }, `Bearer ${app}`);
  const { imports } = JSON.parse(answer.text) as { imports: { id: string }[] };
  return {
    imports,
    bulk: await sandbox.calls('bulk'),
    children: await sandbox.calls('children'),
    credits: await sandbox.ledger(),
  };
}

const NO_TRACES = { imports: [], bulk: [], children: [], credits: [] };

async function seenAtAll(authorization: string | undefined): Promise<[string, number][]> {
  const from = newAddress();
  const seen: [string, number][] = [];
  for (const endpoint of endpoints) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, so that a change can be traced to its request
    const { status, headers, text } = await send(endpoint, authorization, from);
    const name = `${endpoint.method} ${endpoint.path}`;
    seen.push([name, status]);
    if (status === 401) expect(headers['www-authenticate']).toMatch(/^Bearer realm="meniscus"/);
    if (status !== 200 && endpoint.method !== 'HEAD') {
      expect([name, headers['content-type']]).toEqual([
        name,
        expect.stringContaining('application/problem+json'),
      ]);
      expect(text).not.toContain(authorization?.split(' ').at(-1) || 'nothing to leak');
    }
  }
  return seen;
}

const all = (status: number): [string, number][] =>
  endpoints.map(({ method, path }) => [`${method} ${path}`, status]);

describe('every endpoint', () => {
  it('is listed with a valid request', () => {
    expect(endpoints.length).toBeGreaterThanOrEqual(27);
    expect(new Set(endpoints.flatMap(({ scopes }) => scopes))).toEqual(new Set(SCOPES));
  });

  it.each<[string, () => Promise<string | undefined> | string | undefined]>([
    ['no key', () => undefined],
    ['an empty key', () => 'Bearer '],
    ['a key without its scheme', () => app],
    ['a key by another scheme', () => `Basic ${Buffer.from(`app:${app}`).toString('base64')}`],
    ['a wrong key', () => `Bearer ${makeKey()}`],
    ['a key that is cut off', () => `Bearer ${app.slice(0, -1)}`],
    ['the stored hash', () => `Bearer ${RECORDS[0]?.hash}`],
    ['an expired key', () => `Bearer ${short}`],
    [
      'an expired token',
      async () => `Bearer ${await issuer.sign({ exp: issuer.now() - 600, iat: issuer.now() - 900 })}`,
    ],
    ['a token that is not valid yet', async () => `Bearer ${await issuer.sign({ nbf: issuer.now() + 600 })}`],
    ['a token for another audience', async () => `Bearer ${await issuer.sign({ aud: 'other' })}`],
    [
      'a token of another issuer',
      async () => `Bearer ${await issuer.sign({ iss: 'https://evil.example.com' })}`,
    ],
    ['alg: none', () => `Bearer ${issuer.unsigned()}`],
    ['HS256 with the public key', async () => `Bearer ${await issuer.signedWithPublicKey()}`],
    ['an unknown kid', async () => `Bearer ${await issuer.ofUnknownKey()}`],
  ])('answers 401 and does nothing: %s', async (_case, authorization) => {
    expect(await seenAtAll(await authorization())).toEqual(all(401));
    expect(await traces()).toEqual(NO_TRACES);
  });

  it('answers 401 to a key that was revoked while the service runs, and does nothing', async () => {
    const [read] = endpoints.filter(({ path }) => path === '/v1/imports');
    expect(read && (await send(read, `Bearer ${revoked}`)).status).toBe(200);
    writeKeysFile(keysFile, RECORDS);
    await service.program.waitForEvent(
      ({ event, keyCount }) => event === 'keys.loaded' && keyCount === RECORDS.length,
    );
    expect(await seenAtAll(`Bearer ${revoked}`)).toEqual(all(401));
    expect(await traces()).toEqual(NO_TRACES);
  });

  it('answers 403 with the name of the missing scope, even with all other scopes, and does nothing', async () => {
    for (const endpoint of endpoints) {
      const scope = SCOPES.filter((one) => !endpoint.scopes.includes(one)).join(' ');
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { status, headers, text } = await send(endpoint, `Bearer ${await issuer.sign({ scope })}`);
      expect([endpoint.method, endpoint.path, status]).toEqual([endpoint.method, endpoint.path, 403]);
      expect(headers['www-authenticate']).toBe(
        `Bearer realm="meniscus", error="insufficient_scope", scope="${endpoint.scopes[0]}"`,
      );
      if (endpoint.method !== 'HEAD')
        expect(text).toContain(`needs the scope ${endpoint.scopes.join(' or ')}.`);
    }
    expect(await traces()).toEqual(NO_TRACES);
  });

  it('admits a key that has only its scope', async () => {
    for (const [endpoint, scope] of endpoints.flatMap((one) =>
      one.scopes.map((each) => [one, each] as const),
    )) {
      const isUpload = endpoint.path.includes('?kind=customers');
      // The examples use all parts, and whole-update.e2e-spec.ts tests the scope of each.
      const hasParts = /^POST .v1.updates/.test(`${endpoint.method} ${endpoint.path}`);
      const needed = hasParts ? endpoint.scopes : [scope, ...(isUpload ? ['customers:write'] : [])];
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const token = await issuer.sign({ scope: needed.join(' ') });
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { status } = await send(endpoint, `Bearer ${token}`);
      expect([endpoint.method, endpoint.path, [401, 403].includes(status)]).toEqual([
        endpoint.method,
        endpoint.path,
        false,
      ]);
    }
    expect(await sandbox.calls('bulk')).not.toHaveLength(0);
    expect(await sandbox.calls('children')).not.toHaveLength(0);
  });
});

const importIds = async (): Promise<string[]> => (await traces()).imports.map(({ id }) => id);

describe('an import', () => {
  it.each<[kind: string, scope: Scope]>([
    ['customers', 'customers:write'],
    ['memberships', 'loyalty:write'],
    ['enrollments', 'loyalty:write'],
    ['associations', 'hierarchy:write'],
  ])('of %s requires the scope of a single request of its kind, also for a dry run', async (kind, scope) => {
    const others = SCOPES.filter((one) => one !== scope).join(' ');
    const before = await importIds();
    const whole = await issuer.sign({ scope: `imports:write ${scope}` });
    const partial = await issuer.sign({ scope: others });
    const path = `/v1/imports?kind=${kind}&onInvalid=skip`;
    for (const [upload, status] of [
      [{ method: 'POST', path: `${path}&dryRun=true`, body: '[{}]' }, 200],
      [{ method: 'POST', path, body: '[{}]' }, 202],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const refused = await send(upload, `Bearer ${partial}`);
      expect(JSON.parse(refused.text)).toMatchObject({
        type: '/problems/insufficient-scope',
        detail: `An import of ${kind} needs the scope ${scope}.`,
      });
      expect(refused.headers['www-authenticate']).toContain(`error="insufficient_scope", scope="${scope}"`);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await importIds()).toEqual(before);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await send(upload, `Bearer ${whole}`)).status).toBe(status);
    }
  });
});

describe('access control', () => {
  it('challenges a missing key without an error code, and a wrong key with invalid_token', async () => {
    const read = { method: 'GET', path: '/v1/imports' };
    expect((await send(read, undefined)).headers['www-authenticate']).toBe('Bearer realm="meniscus"');
    const wrong = await send(read, `Bearer ${makeKey()}`);
    expect(wrong.headers['www-authenticate']).toBe('Bearer realm="meniscus", error="invalid_token"');
    expect(JSON.parse(wrong.text)).toMatchObject({ type: '/problems/unauthenticated', status: 401 });
  });

  it.each([
    ['an upload with a wrong key', '/v1/imports?kind=customers', 401],
    ['a request to no endpoint', '/v1/nothing', 404],
  ])('answers before a byte of the body is sent: %s', async (_case, path, expected) => {
    const status = await new Promise((resolve, reject) => {
      const asked = openRequest(service.url + path, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${makeKey()}`,
          'Content-Type': 'application/x-ndjson',
          'Content-Length': 1_000_000_000,
        },
      });
      asked.once('response', (answer) => {
        resolve(answer.statusCode);
        asked.destroy();
      });
      asked.once('error', reject).flushHeaders();
    });
    expect(status).toBe(expected);
  });

  it.each([
    ['GET', '/v1/nothing', 404],
    ['POST', '/nothing', 404],
    ['POST', '/', 405],
    ['GET', '/v1/customers', 405],
    ['DELETE', '/v1/imports', 405],
    ['OPTIONS', '/v1/customers', 405],
    ['GET', '/docs-of-others', 404],
  ])('reports an unknown path or method without credentials: %s %s is %i', async (method, path, status) => {
    const answer = await send({ method, path }, undefined);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it.each(['/health/live', '/health/ready', '/problems', '/problems/unauthenticated', '/openapi.json'])(
    'requires no credentials: %s',
    async (path) => {
      expect((await send({ method: 'GET', path }, undefined)).status).toBe(200);
    },
  );

  it('requires no credentials for Swagger UI and its files', async () => {
    for (const path of ['/docs', '/docs/swagger-ui-init.js', '/docs/swagger-ui-bundle.js']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect([path, (await send({ method: 'GET', path }, undefined)).status]).toEqual([path, 200]);
    }
  });

  it('limits an address to 60 failures a minute, and still accepts its valid keys', async () => {
    const read = { method: 'GET', path: '/v1/imports' };
    const from = newAddress();
    const tries = Array.from({ length: 60 }, () => send(read, `Bearer ${makeKey()}`, from));
    expect(new Set((await Promise.all(tries)).map(({ status }) => status))).toEqual(new Set([401]));

    const limited = await send(read, `Bearer ${makeKey()}`, from);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(JSON.parse(limited.text)).toMatchObject({ type: '/problems/too-many-failures' });
    expect((await send(read, `Bearer ${app}`, from)).status).toBe(200);
    expect((await send(read, `Bearer ${makeKey()}`, newAddress())).status).toBe(401);
  });
});

const isOf = (name: RegExp) => (event: Record<string, unknown>) =>
  event['event'] === 'request.completed' && name.test(String(event['principal']));

describe('a principal', () => {
  it('shares no Idempotency-Key with another principal', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const update = async (key: string) => {
      const Authorization = `Bearer ${key}`;
      const answer = await service.send('PATCH', '/v1/customers', aCustomerUpdate(), {
        ...headers,
        Authorization,
      });
      return [answer.status, answer.headers.get('idempotency-replayed')];
    };
    expect(await update(app)).toEqual([200, null]);
    expect(await update(app)).toEqual([200, 'true']);
    expect(await update(other)).toEqual([200, null]);
    expect(await update(await issuer.sign({ sub: 'app' }))).toEqual([200, null]);
  });

  it('is named on every log line of its request, and the log contains no key, token or subject', async () => {
    const token = await issuer.sign({ sub: 'asha@example.com' });
    const wrong = makeKey();
    for (const secret of [reader, token, wrong]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await send({ method: 'GET', path: `/v1/updates/${randomUUID()}` }, `Bearer ${secret}`);
    }
    await service.program.waitForEvent(isOf(/^api-key:reader$/));
    await service.program.waitForEvent(isOf(/^jwt:[\da-f]{16}$/));
    const refused = service.program
      .events()
      .filter(({ event, problem }) => event === 'request.completed' && problem === 'explanation-not-found');
    expect(refused.map(({ principal }) => principal)).toContain('api-key:reader');

    const output = service.program.output();
    expect(output).not.toContain('mns_');
    expect(output).not.toContain('asha@');
    for (const part of token.split('.')) expect(output).not.toContain(part);
  });
});

describe('the file of keys', () => {
  it('keeps the previous keys in force when it becomes invalid, and the log does not quote it', async () => {
    writeFileSync(keysFile, '{"keys": [{"name": "secretive", ');
    await service.program.waitForEvent(({ event }) => event === 'keys.refused');
    expect((await send({ method: 'GET', path: '/v1/imports' }, `Bearer ${app}`)).status).toBe(200);
    expect(service.program.output()).not.toContain('secretive');
  });

  it('keeps the service from starting when it is missing, with a readable message', async () => {
    const program = startProgram('dist/src/main.js', {
      API_KEYS_FILE: 'nothing.json',
      UPSTREAM_BASE_URL: sandbox.url,
      UPSTREAM_OAUTH_KEY: 'k',
      UPSTREAM_OAUTH_SECRET: 's',
    });
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain('API_KEYS_FILE: The file of API keys cannot be used');
    expect(program.output()).toContain('npm run keys -- create');
    expect(program.output()).not.toMatch(/\n\s+at /);
  });
});

describe('an issuer with an unavailable key set', () => {
  it('is answered with 503, as the token cannot be verified', async () => {
    const alone = await startService(sandbox.url, {
      ...issuer.settings,
      API_KEYS_FILE: '',
      JWT_JWKS_URL: 'http://127.0.0.1:9/jwks',
    });
    const answer = await alone.send('GET', '/v1/imports', undefined, {
      Authorization: `Bearer ${await issuer.sign()}`,
    });
    expect(answer).toMatchObject({
      status: 503,
      json: { type: '/problems/authentication-unavailable', outcome: 'failed', retryable: true },
    });
    expect(answer.headers.get('retry-after')).toBe('5');
    // Without a file of API keys no key is known.
    expect((await alone.send('GET', '/v1/imports')).status).toBe(401);
    await alone.stop();
  });
});
