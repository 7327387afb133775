import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { makeKey } from '../../src/security/api-key.js';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { NDJSON, importsOf } from '../harness/imports.js';
import { type Answer, FREE_KEY, keyRecord } from '../harness/service.js';
import { startTokenIssuer } from '../harness/token-issuer.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const [instore, account, program, few] = [makeKey(), makeKey(), makeKey(), makeKey()];
const issuer = await startTokenIssuer('loyalty:write customers:write');
afterAll(() => issuer.close());
const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(
  sandbox,
  {
    ...issuer.settings,
    UPSTREAM_TIMEOUT_MS: '500',
    REQUEST_DEADLINE_MS: '2000',
    BACKGROUND_MAX_ATTEMPTS: '1',
  },
  [
    keyRecord(instore, { name: 'instore', sources: ['INSTORE'] }),
    keyRecord(account, { name: 'account', accounts: ['acme'] }),
    keyRecord(program, { name: 'program', programs: [1016] }),
    keyRecord(few, { name: 'few', maxPointsPerEnrollment: 100 }),
  ],
);
const imports = importsOf(() => service);

const ask = (key: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  service.send(method, path, body, {
    Authorization: `Bearer ${key}`,
    'Idempotency-Key': randomUUID(),
    ...(path.startsWith('/v1/imports?') && { 'Content-Type': NDJSON }),
  });

/** Another caller uploads this line, which fails because its customer is busy once. */
async function failedImport(path: string, line: object): Promise<string> {
  const match = { type: 'mobile', value: '919900000001' };
  await sandbox.fault({ kind: 'item-error', code: 521, message: 'busy', match });
  const { id } = (await ask(FREE_KEY, 'POST', path, JSON.stringify(line))).json;
  expect(await imports.ended(id)).toMatchObject({ failed: 1 });
  return String(id);
}

const association = {
  identifiers: [{ type: 'mobile', value: '919900000002' }],
  hierarchyCode: 'FLEET',
  roleCode: 'DRIVER',
  loyaltyType: 'loyalty',
};
const membership = { identifiers: [{ type: 'mobile', value: '919900000001' }], loyaltyType: 'loyalty' };
const whole = { ...membership, programs: [{ programId: 1016 }], association: { roleCode: 'DRIVER' } };
const search = { parent: { identifier: { type: 'mobile', value: '919900000005' } } };

/** Every endpoint that takes a route, with a body that is valid everywhere. */
const ROUTED: readonly [method: string, path: string, body: unknown][] = [
  ['PATCH', '/v1/customers', aCustomerUpdate()],
  ['POST', '/v1/customers/batch', { customers: [aCustomerUpdate()] }],
  ['PUT', '/v1/loyalty/membership', membership],
  ['PUT', '/v1/loyalty/membership/batch', { memberships: [membership] }],
  ['POST', '/v1/loyalty/enrollments', anEnrollment()],
  ['POST', '/v1/loyalty/enrollments/batch', { enrollments: [anEnrollment()] }],
  ['PUT', '/v1/hierarchy/associations', association],
  ['PUT', '/v1/hierarchy/associations/batch', { associations: [association] }],
  ['POST', '/v1/updates', whole],
  ['POST', '/v1/updates/batch', { updates: [whole] }],
  ['POST', '/v1/hierarchy/children/search', search],
  ['POST', '/v1/imports?kind=customers', `${JSON.stringify(aCustomerUpdate())}\n`],
  ['POST', '/v1/imports?kind=updates', `${JSON.stringify(whole)}\n`],
];

const withQuery = (path: string, query: string): string => `${path}${path.includes('?') ? '&' : '?'}${query}`;
const isWrite = ([, path]: (typeof ROUTED)[number]): boolean => !path.endsWith('search');

async function nothingLeft(): Promise<void> {
  expect(await sandbox.calls('bulk')).toEqual([]);
  expect(await sandbox.calls('children')).toEqual([]);
  expect(await sandbox.ledger()).toEqual([]);
}

describe('a key that is limited to sources or accounts', () => {
  const outside = [
    ['a source', instore, 'source=WECHAT&accountId=acme', 'source'],
    ['an account', account, 'source=WECHAT&accountId=other', 'accountId'],
    ['an account, and the request names none', account, 'source=INSTORE', 'accountId'],
  ] as const;

  it.each(outside)('is rejected beyond them by every endpoint: %s', async (_case, key, query, parameter) => {
    const asked = [
      ...ROUTED.map(([method, path, body]) => [method, withQuery(path, query), body] as const),
      ...ROUTED.filter(isWrite).map(
        ([method, path, body]) => [method, withQuery(path, `${query}&dryRun=true`), body] as const,
      ),
    ];
    for (const [method, path, body] of asked) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { status, json } = await ask(key, method, path, body);
      expect([method, path, status, json.type, json.errors?.[0]?.parameter]).toEqual([
        method,
        path,
        403,
        '/problems/out-of-bounds',
        parameter,
      ]);
    }
    await nothingLeft();
    expect((await ask(key, 'GET', '/v1/imports')).json.imports).toEqual([]);
  });

  it('is admitted within them', async () => {
    expect((await ask(instore, 'PATCH', '/v1/customers', aCustomerUpdate())).status).toBe(200);
    const within = '/v1/customers?source=WECHAT&accountId=acme&dryRun=true';
    expect((await ask(account, 'PATCH', within, aCustomerUpdate())).status).toBe(200);
  });
});

describe('a key that is limited to programs, or to points of an enrollment', () => {
  const cases = [
    ['programs', program, anEnrollment({ programId: 2000 }), 'programId'],
    ['points', few, anEnrollment({ loyaltyPoints: 101 }), 'loyaltyPoints'],
  ] as const;

  it.each(cases)('is rejected beyond its limit, with a pointer: %s', async (_case, key, body, name) => {
    for (const path of ['/v1/loyalty/enrollments', '/v1/loyalty/enrollments?dryRun=true']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await ask(key, 'POST', path, body)).toMatchObject({
        status: 403,
        json: { type: '/problems/out-of-bounds', errors: [{ pointer: `/programs/0/${name}` }] },
      });
    }
    await nothingLeft();
  });

  it.each(cases)(
    'sends nothing of a batch with one element beyond its limit: %s',
    async (_case, key, body, name) => {
      const batch = { enrollments: [anEnrollment(), body] };
      expect(await ask(key, 'POST', '/v1/loyalty/enrollments/batch', batch)).toMatchObject({
        status: 403,
        json: { type: '/problems/out-of-bounds', errors: [{ pointer: `/enrollments/1/programs/0/${name}` }] },
      });
      await nothingLeft();
    },
  );

  it.each(cases)(
    'sends the other elements of a batch with onInvalid=skip: %s',
    async (_case, key, body, name) => {
      const batch = { enrollments: [body, anEnrollment()] };
      const path = '/v1/loyalty/enrollments/batch?onInvalid=skip';
      const error = {
        pointer: `/enrollments/0/programs/0/${name}`,
        type: '/problems/out-of-bounds',
        status: 403,
      };
      expect(await ask(key, 'POST', `${path}&dryRun=true`, batch)).toMatchObject({
        status: 200,
        json: { callCount: 1, invalid: [{ index: 0, errors: [error] }] },
      });
      expect(await ask(key, 'POST', path, batch)).toMatchObject({
        status: 207,
        json: {
          summary: { total: 2, updated: 1, rejected: 1 },
          outcomes: [{ outcome: 'rejected', errors: [error] }, { outcome: 'updated' }],
        },
      });
      expect(await sandbox.points()).toEqual([5]);
    },
  );

  it.each(cases)(
    'has lines beyond its limit rejected, in an import and in its retry: %s',
    async (_case, key, body, name) => {
      const error = { pointer: `/programs/0/${name}`, type: '/problems/out-of-bounds', status: 403 };
      const lines = [anEnrollment(), body].map((line) => JSON.stringify(line)).join('\n');
      const plan = await ask(key, 'POST', '/v1/imports?kind=enrollments&dryRun=true', lines);
      expect(plan.json).toMatchObject({ lines: 2, valid: 1, invalid: 1, points: 5 });

      const made = await ask(key, 'POST', '/v1/imports?kind=enrollments&onInvalid=skip', lines);
      expect(made).toMatchObject({ status: 202, json: { total: 2, invalid: 1 } });
      await imports.ended(made.json.id);
      expect(await imports.results(made.json.id)).toMatchObject([
        { line: 1, outcome: 'updated' },
        { line: 2, outcome: 'rejected', errors: [error] },
      ]);

      const others = await failedImport('/v1/imports?kind=enrollments', body);
      const again = await ask(key, 'POST', `/v1/imports/${others}/retry`);
      expect(again).toMatchObject({ status: 202, json: { total: 1, invalid: 1 } });
      await imports.ended(again.json.id);
      expect(await imports.results(again.json.id)).toMatchObject([{ outcome: 'rejected', errors: [error] }]);
      expect(await sandbox.points()).toEqual([5]);
    },
  );

  it.each(cases)(
    'cannot send a credit in doubt again that is beyond its limit: %s',
    async (_case, key, body) => {
      await sandbox.fault({ kind: 'reset-before' });
      const inDoubt = await ask(FREE_KEY, 'POST', '/v1/loyalty/enrollments', body);
      expect(inDoubt).toMatchObject({ status: 504, json: { outcome: 'unknown' } });
      const path = `/v1/loyalty/unknown-credits/${inDoubt.json.creditId}/resolve`;
      const refused = await ask(key, 'POST', path, { resolution: 'not-applied', note: 'missing' });
      expect(refused).toMatchObject({ status: 403, json: { type: '/problems/out-of-bounds' } });
      expect(await sandbox.ledger()).toEqual([]);
      // The credit is still in doubt.
      expect((await ask(FREE_KEY, 'POST', path, { resolution: 'applied', note: 'seen' })).status).toBe(200);
    },
  );
});

it('a key cannot retry an import of a source beyond its limit', async () => {
  const query = '/v1/imports?kind=customers&source=WECHAT&accountId=acme';
  const others = await failedImport(query, aCustomerUpdate());
  const path = `/v1/imports/${others}/retry`;
  expect(await ask(instore, 'POST', path)).toMatchObject({
    status: 403,
    json: { type: '/problems/out-of-bounds', errors: [{ parameter: 'source' }] },
  });
});

const bounded = (bounds: object): Promise<string> =>
  issuer.sign({ authorization_details: [{ type: 'meniscus', ...bounds }] });
const enrollWith = async (token: string, points: number): Promise<[number, string]> => {
  const { status, json } = await ask(
    token,
    'POST',
    '/v1/loyalty/enrollments',
    anEnrollment({ loyaltyPoints: points }),
  );
  return [status, json.type ?? json.outcome];
};

describe('a token', () => {
  it('is limited by its authorization_details', async () => {
    const token = await bounded({ sources: ['INSTORE'], maxPointsPerEnrollment: 100, maxPointsPerDay: 120 });
    expect(await enrollWith(token, 101)).toEqual([403, '/problems/out-of-bounds']);
    expect(await enrollWith(token, 100)).toEqual([200, 'updated']);
    expect(await enrollWith(token, 21)).toEqual([403, '/problems/points-limit']);
    const elsewhere = '/v1/customers?source=WECHAT&accountId=acme';
    expect((await ask(token, 'PATCH', elsewhere, aCustomerUpdate())).json.type).toBe(
      '/problems/out-of-bounds',
    );
    expect(await sandbox.points()).toEqual([100]);
  });

  it('is rejected when its bounds cannot be read', async () => {
    const token = await bounded({ maxPointsADay: 10 });
    expect(await enrollWith(token, 5)).toEqual([401, '/problems/unauthenticated']);
    await service.program.waitForEvent(({ event }) => event === 'jwt.bounds-refused');
    expect(await sandbox.ledger()).toEqual([]);
  });
});
