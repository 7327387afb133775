import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { anEnrollment } from '../builders/an-enrollment.js';
import type { Answer } from '../harness/service.js';
import { useDataFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const DATA_DIR = useDataFolder();
const sandbox = useSandbox({ resetBeforeEach: true });
/** With these times a lease lasts 6.5 s. */
const TIMES = { UPSTREAM_TIMEOUT_MS: '500', REQUEST_DEADLINE_MS: '1000' };
const service = useService(sandbox, { DATA_DIR, ...TIMES });

const ASHA = [{ type: 'mobile', value: '919900000001' }];
const BEN = [{ type: 'mobile', value: '919900000002' }];
const UNKNOWN_CUSTOMER = [{ type: 'mobile', value: '910000000000' }];

type Element = Record<string, unknown>;
const named = (firstName: string, identifiers: object[] = ASHA): Element => ({
  identifiers,
  firstName,
  loyaltyType: 'loyalty',
});
const enrollment = (loyaltyPoints: number): Element => anEnrollment({ loyaltyPoints });

const send = (method: string, path: string, body: unknown, key?: string): Promise<Answer> =>
  service.send(method, path, body, key === undefined ? {} : { 'Idempotency-Key': key });
const patch = (body: Element, key?: string): Promise<Answer> => send('PATCH', '/v1/customers', body, key);
const enroll = (body: Element, key?: string): Promise<Answer> =>
  send('POST', '/v1/loyalty/enrollments', body, key);
const isReplayed = ({ headers }: Answer): boolean => headers.get('idempotency-replayed') === 'true';

/** Expects the second response to be a replay of the first. */
function expectReplay(second: Answer, first: Answer): void {
  expect([isReplayed(first), isReplayed(second)]).toEqual([false, true]);
  expect(second.status).toBe(first.status);
  expect(second.text).toBe(first.text);
  for (const name of ['content-type', 'cache-control']) {
    expect(second.headers.get(name)).toBe(first.headers.get(name));
  }
}

/** Waits until a call has reached the vendor. */
async function callInFlight(): Promise<void> {
  await sandbox.called();
  expect(await sandbox.calls('bulk')).toHaveLength(1);
}

describe('an Idempotency-Key', () => {
  const ENDPOINTS: [method: string, path: string, body: object][] = [
    ['PATCH', '/v1/customers', named('Asha')],
    ['POST', '/v1/customers/batch', { customers: [named('Asha')] }],
    ['PUT', '/v1/loyalty/membership', { identifiers: ASHA, loyaltyType: 'loyalty' }],
    ['PUT', '/v1/loyalty/membership/batch', { memberships: [{ identifiers: ASHA, loyaltyType: 'loyalty' }] }],
    ['POST', '/v1/loyalty/enrollments', enrollment(75)],
    ['POST', '/v1/loyalty/enrollments/batch', { enrollments: [enrollment(75)] }],
    ['PUT', '/v1/hierarchy/associations', { identifiers: ASHA, loyaltyType: 'loyalty', hierarchyCode: 'x' }],
    [
      'PUT',
      '/v1/hierarchy/associations/batch',
      { associations: [{ identifiers: ASHA, loyaltyType: 'loyalty', hierarchyCode: 'x' }] },
    ],
    ['POST', '/v1/updates', { ...named('Asha'), programs: [{ programId: 1016, loyaltyPoints: 75 }] }],
    ['POST', '/v1/updates/batch', { updates: [{ ...named('Asha'), association: { hierarchyCode: 'x' } }] }],
  ];

  it.each(ENDPOINTS)(
    'replays the response to a second %s %s, and sends nothing',
    async (method, path, body) => {
      const key = randomUUID();
      const first = await send(method, path, body, key);
      expect(first.status).toBeLessThan(500);
      await sandbox.forgetCalls();
      expectReplay(await send(method, path, body, key), first);
      expect(await sandbox.calls('bulk')).toEqual([]);
    },
  );

  it('is a parameter of every write', async () => {
    const { paths } = (await service.send('GET', '/openapi.json')).json as {
      paths: Record<string, Record<string, { parameters?: { name: string }[] }>>;
    };
    const writes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { parameters = [] }]) =>
        method === 'get'
          ? []
          : [
              {
                write: `${method.toUpperCase()} ${path}`,
                takesKey: parameters.some(({ name }) => name === 'Idempotency-Key'),
              },
            ],
      ),
    );
    // A search only reads; it is a POST to keep personal data out of its URL.
    expect(writes.filter(({ takesKey }) => !takesKey).map(({ write }) => write)).toEqual([
      'POST /v1/hierarchy/children/search',
    ]);
    // Other tests cover these, as their responses differ.
    const others = [
      'DELETE /v1/customers/stored-data',
      'POST /v1/imports',
      ...['pause', 'resume', 'cancel', 'retry'].map((action) => `POST /v1/imports/{id}/${action}`),
      'POST /v1/loyalty/unknown-credits/{id}/resolve',
    ];
    const taking = writes.filter(({ takesKey }) => takesKey).map(({ write }) => write);
    expect(taking.toSorted()).toEqual(
      [...ENDPOINTS.map(([method, path]) => `${method} ${path}`), ...others].toSorted(),
    );
  });

  it('is the same with and without quotes, and for any order of properties', async () => {
    const key = randomUUID();
    const first = await patch({ firstName: 'Asha', loyaltyType: 'loyalty', identifiers: ASHA }, key);
    expect(first.status).toBe(200);
    expectReplay(
      await patch({ identifiers: ASHA, loyaltyType: 'loyalty', firstName: 'Asha' }, `"${key}"`),
      first,
    );
  });

  it('replays a rejection', async () => {
    const key = randomUUID();
    const first = await patch(named('Asha', UNKNOWN_CUSTOMER), key);
    expect(first).toMatchObject({ status: 404, json: { outcome: 'rejected' } });
    expectReplay(await patch(named('Asha', UNKNOWN_CUSTOMER), key), first);
  });

  it('replays an unknown outcome, and never sends it again', async () => {
    const key = randomUUID();
    await sandbox.fault({ kind: 'reset-before' });
    const first = await enroll(enrollment(75), key);
    expect(first).toMatchObject({ status: 504, json: { outcome: 'unknown', pointsCredited: 'unknown' } });
    expectReplay(await enroll(enrollment(75), key), first);
    expect(await sandbox.points()).toEqual([]);
  });

  it('names the credit in doubt, which an operator can resolve and send again', async () => {
    const key = randomUUID();
    await sandbox.fault({ kind: 'reset-before' });
    const first = await enroll(enrollment(76), key);
    expect(first.json).toMatchObject({ outcome: 'unknown', creditId: expect.stringMatching(/^key:/) });
    const resolved = await send('POST', `/v1/loyalty/unknown-credits/${first.json.creditId}/resolve`, {
      resolution: 'not-applied',
      note: 'missing in the ledger',
    });
    expect(resolved).toMatchObject({
      status: 200,
      json: { credit: { resolution: 'not-applied' }, outcome: { outcome: 'updated', pointsCredited: 'yes' } },
    });
    expectReplay(await enroll(enrollment(76), key), first);
    expect(await sandbox.points()).toEqual([76]);
  });

  it('allows a repeat after a failure', async () => {
    const key = randomUUID();
    await sandbox.fault({ kind: 'vendor-error', status: 503, code: 503, message: 'later', times: 100 });
    expect(await enroll(enrollment(75), key)).toMatchObject({ status: 503, json: { outcome: 'failed' } });
    await sandbox.reset();
    const second = await enroll(enrollment(75), key);
    expect(second).toMatchObject({ status: 200, json: { pointsCredited: 'yes' } });
    expectReplay(await enroll(enrollment(75), key), second);
    expect(await sandbox.points()).toEqual([75]);
  });

  it('allows a repeat after an invalid request', async () => {
    const key = randomUUID();
    expect((await patch({ identifiers: ASHA, firstName: '' }, key)).status).toBe(400);
    expect((await patch(named('Asha'), key)).status).toBe(200);
  });

  it('is rejected for another body, and for another query', async () => {
    const key = randomUUID();
    const first = await patch(named('Asha'), key);
    const REUSED = { status: 422, json: { type: '/problems/idempotency-key-reused' } };
    expect(await patch(named('Anna'), key)).toMatchObject(REUSED);
    expect(await send('PATCH', '/v1/customers?source=MARTJACK', named('Asha'), key)).toMatchObject(REUSED);
    expectReplay(await patch(named('Asha'), key), first);
  });

  it('is independent at another endpoint', async () => {
    const key = randomUUID();
    await patch(named('Asha'), key);
    const other = await send(
      'PUT',
      '/v1/loyalty/membership',
      { identifiers: BEN, loyaltyType: 'loyalty' },
      key,
    );
    expect([other.status, isReplayed(other)]).toEqual([200, false]);
  });

  it('is answered with 409 while its first request runs', async () => {
    const key = randomUUID();
    await patch(named('Asha'));
    await sandbox.forgetCalls();
    await sandbox.fault({ kind: 'latency', ms: 400 });
    const first = enroll(enrollment(75), key);
    await callInFlight();
    const second = await enroll(enrollment(75), key);
    expect(second).toMatchObject({ status: 409, json: { type: '/problems/idempotency-key-in-use' } });
    expect(second.headers.get('retry-after')).toBe('1');
    expectReplay(await first.then(() => enroll(enrollment(75), key)), await first);
    expect(await sandbox.points()).toEqual([75]);
  });

  it('is ignored by a dry run', async () => {
    const key = randomUUID();
    expect((await send('POST', '/v1/loyalty/enrollments?dryRun=true', enrollment(75))).status).toBe(200);
    await send('PATCH', '/v1/customers?dryRun=true', named('Anna'), key);
    const first = await patch(named('Asha'), key);
    expect([first.status, isReplayed(first)]).toEqual([200, false]);
  });

  it.each([
    ['empty', ''],
    ['an empty string', '""'],
    ['two values', 'a, b'],
  ])('is rejected when it is %s', async (_case, key) => {
    const answer = await patch(named('Asha'), key);
    expect(answer).toMatchObject({ status: 400, json: { type: '/problems/invalid-request' } });
    expect(answer.json.errors).toMatchObject([{ header: 'Idempotency-Key' }]);
    expect(await sandbox.calls('bulk')).toEqual([]);
  });

  it('is required for points', async () => {
    const answer = await enroll(enrollment(75));
    expect(answer).toMatchObject({ status: 400, json: { type: '/problems/idempotency-key-required' } });
    expect(answer.json.errors).toMatchObject([{ header: 'Idempotency-Key' }]);
    expect((await enroll(enrollment(0))).status).toBe(200);
    expect(await sandbox.points()).toEqual([]);
  });
});

/** Kills the service in the middle of the request, and starts it on the same folder. */
async function killDuring(request: () => Promise<Answer>): Promise<void> {
  expect((await patch(named('Anna', BEN))).status).toBe(200); // fetches the access token
  await sandbox.forgetCalls();
  await sandbox.fault({ kind: 'latency', ms: 400 });
  const lost = request().catch(() => 'the process is gone');
  await callInFlight();
  await service.stop('SIGKILL');
  expect(await lost).toBe('the process is gone');
  await service.start();
}

/** Repeats a request until the lease of its key has ended. */
async function afterLease(request: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; tries < 40; tries += 1) {
    const answer = await request();
    if (answer.status !== 409) return answer;
    await pause(500);
  }
  throw new Error('the lease does not end');
}

/** Lists the ids of credits in doubt with this number of points. */
async function listed(amount: number): Promise<string[]> {
  const { json } = await service.send('GET', '/v1/loyalty/unknown-credits?limit=200');
  return json.credits.flatMap((credit: { id: string; points: number }) =>
    credit.points === amount ? [credit.id] : [],
  );
}

describe('a key of a process that was killed with a call in flight', () => {
  it('is taken over by the next request when it credits no points', async () => {
    const key = randomUUID();
    await killDuring(() => patch(named('Asha'), key));
    const second = await afterLease(() => patch(named('Asha'), key));
    expect(second).toMatchObject({ status: 200, json: { outcome: 'updated' } });
    expectReplay(await patch(named('Asha'), key), second);
  });

  it('answers unknown when it credits points, is listed, and never sent again', async () => {
    const key = randomUUID();
    await killDuring(() => enroll(enrollment(77), key));
    const second = await afterLease(() => enroll(enrollment(77), key));
    expect(second).toMatchObject({
      status: 504,
      json: {
        type: '/problems/outcome-unknown',
        outcome: 'unknown',
        retryable: false,
        pointsCredited: 'unknown',
      },
    });
    expect(await enroll(enrollment(77), key)).toMatchObject({ status: 504 });
    expect(await listed(77)).toEqual([second.json.creditId]);
    expect(await sandbox.calls('bulk')).toHaveLength(1);
    expect((await sandbox.points()).filter((amount) => amount === 77).length).toBeLessThanOrEqual(1);
  });
});
