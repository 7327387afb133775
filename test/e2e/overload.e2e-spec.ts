import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { openRaw, problemIn, statusIn } from '../harness/raw-connection.js';
import { type Answer } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const NO_KEY = { Authorization: '' };
const WRITES = [
  ['PATCH', '/v1/customers'],
  ['POST', '/v1/customers/batch'],
  ['PUT', '/v1/loyalty/membership'],
  ['POST', '/v1/loyalty/enrollments'],
  ['PUT', '/v1/hierarchy/associations'],
] as const;

const mobile = (number: number): Record<string, unknown> => ({
  identifiers: [{ type: 'mobile', value: String(919800000000 + number) }],
});

/** The head of a write; its body of 2 bytes is left to the test. */
const head = (path: string, ...fields: string[]): string =>
  [
    `PATCH ${path} HTTP/1.1`,
    'Host: a',
    'Content-Type: application/json',
    'Content-Length: 2',
    ...fields,
    '',
    '',
  ].join('\r\n');

function expectRefusal({ status, json, headers }: Answer, type: string): void {
  expect({ status, json }).toMatchObject({
    status: 503,
    json: { type: `/problems/${type}`, status: 503, outcome: 'failed', retryable: true },
  });
  expect(json).toEqual({
    type: expect.any(String),
    title: expect.any(String),
    status: 503,
    detail: expect.any(String),
    requestId: headers.get('x-request-id'),
    outcome: 'failed',
    retryable: true,
    reason: expect.any(String),
  });
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
}

describe('a service with as many pending updates as it may have', () => {
  const sandbox = useSandbox();
  const service = useService(sandbox, { MAX_PENDING_UPDATES: '1' });
  let pending: Promise<Answer>;

  beforeEach(async () => {
    await service.send('PATCH', '/v1/customers', aCustomerUpdate(), { 'Idempotency-Key': 'answered-before' });
    await sandbox.forgetCalls();
    await sandbox.fault({ kind: 'latency', ms: 3000 });
    pending = service.send('PATCH', '/v1/customers', aCustomerUpdate());
    await sandbox.called();
  });

  afterEach(async () => {
    expect((await pending).status).toBe(200);
    expect(await sandbox.calls('bulk')).toHaveLength(1);
  });

  it('refuses every write before its caller is authenticated', async () => {
    const answers = await Promise.all(WRITES.map(([method, path]) => service.send(method, path, {}, NO_KEY)));
    expect(answers.map(({ status }) => status)).toEqual(WRITES.map(() => 503));
    for (const answer of answers) expectRefusal(answer, 'overloaded');
  });

  it('refuses a write from its head alone, and the connection stays usable', async () => {
    const { socket, ended } = openRaw(service.url, head('/v1/customers', 'X-Request-Id: early'));
    let seen = '';
    socket.on('data', (text: string) => (seen += text));
    await until(() => seen.endsWith('}'));
    const refused = seen;
    expect(statusIn(refused)).toBe(503);
    expect(problemIn(refused)).toMatchObject({ type: '/problems/overloaded', requestId: 'early' });
    socket.write('{}GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect((await ended).slice(refused.length)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('writes one line in the log for such a request, which names the problem', async () => {
    await service.send('PATCH', '/v1/customers', {}, { ...NO_KEY, 'X-Request-Id': 'one-line' });
    const lines = await until(
      () => service.program.events().filter(({ requestId }) => requestId === 'one-line'),
      (found) => found.length > 0,
    );
    expect(lines).toEqual([
      expect.objectContaining({
        event: 'request.completed',
        endpoint: '/v1/customers',
        status: 503,
        problem: 'overloaded',
      }),
    ]);
  });

  it('still responds where the vendor is not needed', async () => {
    const dryRun = await service.send('PATCH', '/v1/customers?dryRun=true', aCustomerUpdate());
    const replayed = await service.send('PATCH', '/v1/customers', aCustomerUpdate(), {
      'Idempotency-Key': 'answered-before',
    });
    const others = await Promise.all([
      service.send('GET', '/health/live'),
      service.send('GET', '/health/ready'),
      service.send('GET', '/v1/imports'),
    ]);
    expect([dryRun, replayed, ...others].map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(replayed.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('a service that has used up the calls of this minute', () => {
  const sandbox = useSandbox();
  // The first call may leave at once, and the next one 20 seconds later.
  const service = useService(sandbox, { UPSTREAM_CALLS_PER_MINUTE: '4' });
  const inTwoSeconds = { 'Request-Timeout': '2' };

  beforeEach(async () => {
    await service.send('PATCH', '/v1/customers', aCustomerUpdate());
    await sandbox.forgetCalls();
  });

  afterEach(async () => expect(await sandbox.calls('bulk')).toEqual([]));

  it('refuses a write to the default route before its caller is authenticated', async () => {
    const refused = await service.send('PATCH', '/v1/customers', {}, { ...NO_KEY, ...inTwoSeconds });
    expectRefusal(refused, 'deadline-unreachable');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1);
  });

  it('refuses a write to another route before its body is read, but not before its caller is authenticated', async () => {
    const path = '/v1/customers?attributionCode=till-7';
    expect((await service.send('PATCH', path, {}, { ...NO_KEY, ...inTwoSeconds })).status).toBe(401);
    const { authorization } = service;
    const fields = [
      'Request-Timeout: 2',
      'Connection: close',
      `Authorization: ${authorization.Authorization}`,
    ];
    const { socket, ended } = openRaw(service.url, head(path, ...fields));
    let seen = '';
    socket.on('data', (text: string) => (seen += text));
    await until(() => seen.endsWith('}'));
    socket.write('{}');
    expect(problemIn(await ended)).toMatchObject({ type: '/problems/deadline-unreachable' });
  });

  it('answers a mistake in Request-Timeout with 400', async () => {
    const { status } = await service.send('PATCH', '/v1/customers', aCustomerUpdate(), {
      'Request-Timeout': 'x',
    });
    expect(status).toBe(400);
  });
});

describe('a service with many times the load that the vendor takes', () => {
  const sandbox = useSandbox();
  const service = useService(sandbox, { UPSTREAM_CALLS_PER_MINUTE: '60', UPSTREAM_MAX_BATCH: '5' });

  beforeAll(() => sandbox.set({ unknownCustomer: 'register' }));

  it('answers every caller, and sends nothing of those that it refused', async () => {
    const sent = await Promise.all(
      Array.from({ length: 400 }, async (_, number) => {
        const body = { ...aCustomerUpdate(), ...mobile(number) };
        const headers = { 'Request-Timeout': '3' };
        return { number, answer: await service.send('PATCH', '/v1/customers', body, headers) };
      }),
    );
    const refused = sent.filter(({ answer }) => answer.status === 503);
    expect(new Set(sent.map(({ answer }) => answer.status))).toEqual(new Set([200, 503]));
    expect((await service.send('GET', '/health/ready')).status).toBe(200);
    for (const { answer } of refused) {
      expect(answer.json).toMatchObject({ outcome: 'failed', retryable: true, status: 503 });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    const sentOn = JSON.stringify(await sandbox.calls('bulk'));
    const wrong = refused.filter(({ number }) => sentOn.includes(String(919800000000 + number)));
    expect(wrong).toEqual([]);
  });
});
