import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { type Answer, startService } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox({ resetBeforeEach: true });
const SHORT = {
  UPSTREAM_TIMEOUT_MS: '700',
  UPSTREAM_CONNECT_TIMEOUT_MS: '300',
  REQUEST_DEADLINE_MS: '3000',
};
const service = useService(sandbox, SHORT);

afterEach(async () => {
  // Whatever the vendor did, the service runs, credited nothing twice, and logged no fault.
  expect((await service.send('GET', '/health/ready')).status).toBe(200);
  expect(await sandbox.ledger()).toEqual([]);
  expect(service.program.output()).not.toMatch(/request\.fault|delivery\.fault|[Uu]nhandled/);
});

const update = (firstName = 'Asha'): Promise<Answer> =>
  service.send('PATCH', '/v1/customers', aCustomerUpdate({ firstName }));

const batchOf = (count: number, firstName = 'Asha'): Promise<Answer> =>
  service.send('POST', '/v1/customers/batch', {
    customers: Array.from({ length: count }, (_, index) =>
      aCustomerUpdate({ firstName, identifiers: [{ type: 'mobile', value: String(919900000001 + index) }] }),
    ),
  });

describe('a transient failure', () => {
  // Successful calls keep the circuit breaker closed: one failure among three calls.
  beforeEach(async () => {
    await update('Before');
    await update('Before');
  });

  it.each([
    ['a reset before it is applied', { kind: 'reset-before' }],
    ['a reset after it is applied', { kind: 'reset-after' }],
    ['a hang before it is applied', { kind: 'hang' }],
    ['a hang after it is applied', { kind: 'hang-after' }],
    ['an answer that drips', { kind: 'drip', bytesPerSecond: 20 }],
    ['garbage', { kind: 'garbage' }],
    ['half an answer', { kind: 'truncated' }],
    ['an empty answer', { kind: 'empty' }],
    ['an endless answer', { kind: 'oversize', bytes: 80_000_000 }],
    ['a page of HTML with 502', { kind: 'html' }],
    ['a page of HTML with 200', { kind: 'html', status: 200 }],
    [
      'HTTP 500 without results',
      { kind: 'vendor-error', status: 500, code: 500, message: 'All requests have failed' },
    ],
    [
      'HTTP 504 of a gateway',
      { kind: 'status', status: 504, body: 'Gateway Timeout', contentType: 'text/plain' },
    ],
    ['a redirect', { kind: 'status', status: 302, headers: { Location: '/elsewhere' } }],
    ['a bare 423', { kind: 'status', status: 423 }],
    ['a bare 407 with JSON of a proxy', { kind: 'status', status: 407, body: { error: 'proxy' } }],
    ['a busy search engine', { kind: 'vendor-error', status: 461, code: 461, message: 'search engine busy' }],
    [
      'HTTP 503',
      { kind: 'vendor-error', status: 503, code: 4001, message: 'authorization status unavailable' },
    ],
    ["the vendor's own 521", { kind: 'vendor-error', status: 521, code: 521, message: 'several actions' }],
    ["the edge's 521", { kind: 'edge-521' }],
    [
      'a customer who is busy',
      {
        kind: 'item-error',
        match: { type: 'mobile', value: '919900000001' },
        code: 521,
        message: 'several actions',
      },
    ],
    [
      'an item that failed',
      {
        kind: 'item-error',
        match: { type: 'mobile', value: '919900000001' },
        code: 10002,
        message: 'update failed',
      },
    ],
    ["another caller's customers", { kind: 'strangers' }],
    ['an answer without the result', { kind: 'drop-results', count: 1 }],
  ])('is retried until the update succeeds: %s', async (_case, fault) => {
    await sandbox.fault(fault);

    const answer = await update('Passing');

    expect(answer.json).toMatchObject({ outcome: 'updated', attempts: 2 });
    expect(await sandbox.customer('mobile:919900000001')).toMatchObject({ firstName: 'Passing' });
  });
});

describe('a permanent failure', () => {
  // The breaker needs more calls than one of these tests makes, so that failures never open it.
  beforeEach(async () => {
    for (let call = 0; call < 30; call += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one call each
      await update('Before');
    }
    await sandbox.forgetCalls();
  });

  it.each([
    ['the edge says 521', { kind: 'edge-521' }, 503, 'upstream-unavailable', 'failed', true],
    [
      'the customer stays busy',
      {
        kind: 'item-error',
        match: { type: 'mobile', value: '919900000001' },
        code: 521,
        message: 'several actions',
      },
      503,
      'customer-busy',
      'failed',
      true,
    ],
    [
      'every item fails',
      {
        kind: 'item-error',
        match: { type: 'mobile', value: '919900000001' },
        code: 10002,
        message: 'update failed',
      },
      502,
      'update-failed',
      'failed',
      true,
    ],
    ['it hangs', { kind: 'hang' }, 504, 'outcome-unknown', 'unknown', true],
    [
      'it redirects',
      { kind: 'status', status: 307, body: '', headers: { Location: 'http://127.0.0.1:9/' } },
      504,
      'outcome-unknown',
      'unknown',
      true,
    ],
    [
      'a gateway answers 409',
      { kind: 'status', status: 409, body: '<h1>Conflict</h1>' },
      503,
      'upstream-unavailable',
      'failed',
      true,
    ],
    ['it resets', { kind: 'reset-after' }, 504, 'outcome-unknown', 'unknown', true],
    ['it answers HTML with 200', { kind: 'html', status: 200 }, 504, 'outcome-unknown', 'unknown', true],
    ["it answers another caller's customers", { kind: 'strangers' }, 504, 'outcome-unknown', 'unknown', true],
  ])('is reported with its own problem: %s', async (_case, fault, status, type, outcome, retryable) => {
    await sandbox.fault({ ...fault, times: -1 });

    const answer = await update();

    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ type: `/problems/${type}`, outcome, retryable });
    expect(answer.json.attempts).toBeGreaterThan(1);
    expect(answer.headers.has('retry-after')).toBe(status === 503);
    expect(answer.text).not.toMatch(/91000000000|Stranger/);
  });

  it('is reported with its own problem: the calls per minute are used up', async () => {
    // A separate service: it would keep the slower pace for the other tests.
    const paced = await startService(sandbox.url, SHORT);
    const fault = { kind: 'vendor-error', status: 429, code: 429, message: 'rate limit' };
    await sandbox.fault({ ...fault, times: -1 });

    const answer = await paced.send('PATCH', '/v1/customers', aCustomerUpdate());

    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({
      type: '/problems/upstream-busy',
      outcome: 'failed',
      retryable: true,
    });
    expect(answer.json.attempts).toBeGreaterThan(1);
    expect(answer.headers.has('retry-after')).toBe(true);
    await paced.stop();
  });

  it.each([
    [
      'the path is unknown',
      { kind: 'status', status: 404, body: '<h1>Not Found</h1>', contentType: 'text/html' },
    ],
    ['the vendor denies access', { kind: 'vendor-error', status: 403, code: 403, message: 'access denied' }],
    ['the content type is refused', { kind: 'status', status: 415 }],
  ])('is not retried when that cannot help: %s', async (_case, fault) => {
    await sandbox.fault({ ...fault, times: -1 });

    const answer = await update();

    expect(answer.status).toBe(502);
    expect(answer.json).toMatchObject({
      type: '/problems/upstream-misconfigured',
      outcome: 'failed',
      attempts: 1,
    });
    expect(await sandbox.calls('bulk')).toHaveLength(1);
  });
});

describe('an answer that cannot be trusted', () => {
  it.each([
    ['shuffled', { kind: 'shuffle-results' }],
    ['with results of other customers after the true ones', { kind: 'extra-results', count: 3 }],
  ])('still gives each update its own result: %s', async (_case, fault) => {
    await sandbox.fault(fault);

    const answer = await batchOf(4);

    expect(answer.json.summary).toMatchObject({ total: 4, updated: 4 });
    const own = answer.json.outcomes.map((outcome: { identifiers: unknown }, index: number) =>
      JSON.stringify(outcome.identifiers).includes(String(919900000001 + index)),
    );
    expect(own).toEqual([true, true, true, true]);
    expect(await sandbox.calls('bulk')).toHaveLength(1);
  });

  it('repeats only the updates without a result', async () => {
    await sandbox.fault({ kind: 'drop-results', count: 2 });

    const answer = await batchOf(4);

    expect(answer.json.summary).toMatchObject({ total: 4, updated: 4 });
    expect((await sandbox.calls('bulk')).map(({ itemCount }) => itemCount)).toEqual([4, 2]);
  });

  it('is read by its order when it names no customer and the counts agree', async () => {
    await sandbox.fault({ kind: 'unidentified-results' });

    expect((await batchOf(3)).json.summary).toMatchObject({ updated: 3 });
    expect(await sandbox.calls('bulk')).toHaveLength(1);
  });

  it('has a result for each item, also with HTTP 500', async () => {
    const answer = await service.send('POST', '/v1/customers/batch', {
      customers: [aCustomerUpdate({ identifiers: [{ type: 'mobile', value: '910000000000' }] })],
    });

    expect(await sandbox.calls('bulk')).toMatchObject([{ answeredStatus: 500 }]);
    expect(answer.json.outcomes).toMatchObject([{ outcome: 'rejected', errors: [{ code: 8015 }] }]);
  });
});

describe('a call that is refused as a whole', () => {
  it('is divided when it is too large, until the one update that is the cause is found', async () => {
    const match = { type: 'mobile', value: '919900000007' };
    await sandbox.fault({ kind: 'status', status: 413, match, times: -1 });

    const { json } = await batchOf(20);

    expect(json.summary).toMatchObject({ updated: 19, rejected: 1 });
    expect(json.outcomes[6].errors).toMatchObject([{ type: '/problems/update-too-large', status: 413 }, {}]);
    expect((await sandbox.calls('bulk')).length).toBeLessThanOrEqual(1 + 2 * 5);
  });

  it('is not divided down to the last update when the vendor refuses all of them', async () => {
    await sandbox.fault({ kind: 'vendor-error', status: 400, code: 400, message: 'invalid', times: -1 });

    // Under a name of their own, because the same updates are rejected without a call for a while.
    const { json } = await batchOf(20, 'Refused');

    expect(json.summary).toMatchObject({ rejected: 3, failed: 17 });
    expect(json.outcomes[19]).toMatchObject({ type: '/problems/upstream-misconfigured', retryable: true });
    expect((await sandbox.calls('bulk')).length).toBeLessThanOrEqual(1 + 3 * 6);
  });
});

describe('the access token', () => {
  it('is fetched once for 50 concurrent updates when it expires', async () => {
    await update();
    await sandbox.forgetCalls();
    await sandbox.expireTokens();

    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        service.send(
          'PATCH',
          '/v1/customers',
          aCustomerUpdate({ identifiers: [{ type: 'mobile', value: String(919900000001 + (index % 20)) }] }),
        ),
      ),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50);
    expect(await sandbox.calls('token')).toHaveLength(1);
  });

  it('cannot be fetched with wrong credentials, and the update fails with upstream-credentials', async () => {
    const stranger = await startService(sandbox.url, {
      ...SHORT,
      UPSTREAM_OAUTH_SECRET: 'wrong-secret-4711',
    });

    const answer = await stranger.send('PATCH', '/v1/customers', aCustomerUpdate());

    expect(answer.status).toBe(502);
    expect(answer.json).toMatchObject({ type: '/problems/upstream-credentials', outcome: 'failed' });
    expect(await sandbox.calls('bulk')).toHaveLength(0);
    expect(stranger.program.output()).not.toContain('wrong-secret-4711');
    await stranger.stop();
  });

  it('is fetched again after a failed request for it', async () => {
    await sandbox.expireTokens();
    await sandbox.fault({ kind: 'html', on: 'token', status: 502 });

    expect((await update()).json).toMatchObject({ outcome: 'updated' });
  });
});

describe('an unreachable vendor', () => {
  it('refuses connections, and the update fails without being sent', async () => {
    const lonely = await startService('http://127.0.0.1:9', { ...SHORT, REQUEST_DEADLINE_MS: '800' });

    const answer = await lonely.send('PATCH', '/v1/customers', aCustomerUpdate());

    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({
      type: '/problems/upstream-unavailable',
      outcome: 'failed',
      retryable: true,
    });
    await lonely.stop();
  });

  it('accepts connections without an answer, and the outcome is unknown', async () => {
    const silent = createServer(() => undefined);
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, '127.0.0.1', () => {
        const address = silent.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const waiting = await startService(`http://127.0.0.1:${port}`, {
      ...SHORT,
      REQUEST_DEADLINE_MS: '1500',
      UPSTREAM_AUTH: 'basic',
      UPSTREAM_BASIC_TILL: 'till',
      UPSTREAM_BASIC_PASSWORD: 'password',
    });

    const answer = await waiting.send('PATCH', '/v1/customers', aCustomerUpdate());

    expect(answer.status).toBe(504);
    expect(answer.json).toMatchObject({ outcome: 'unknown', retryable: true });
    await waiting.stop();
    silent.close();
  });
});

describe('overload', () => {
  it('is rejected at once with 503 and Retry-After, and ends', async () => {
    const narrow = await startService(sandbox.url, { ...SHORT, MAX_PENDING_UPDATES: '2' });
    await sandbox.fault({ kind: 'latency', ms: 400, times: 2 });

    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((last) =>
        narrow.send(
          'PATCH',
          '/v1/customers',
          aCustomerUpdate({ identifiers: [{ type: 'mobile', value: String(919900000000 + last) }] }),
        ),
      ),
    );

    const refused = answers.filter(({ status }) => status === 503);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(refused).toHaveLength(3);
    for (const { json, headers } of refused) {
      expect(json).toMatchObject({ type: '/problems/overloaded', outcome: 'failed', retryable: true });
      expect(headers.get('retry-after')).toMatch(/^\d+$/);
    }
    expect((await narrow.send('PATCH', '/v1/customers', aCustomerUpdate())).status).toBe(200);
    await narrow.stop();
  });
});

describe('readiness', () => {
  it('reports the state of the vendor, and stays ready when the vendor refuses our credentials', async () => {
    const own = await startService(sandbox.url, { UPSTREAM_CALLS_PER_MINUTE: '300' });
    const vendorState = async () => {
      const { status, json } = await own.send('GET', '/health/ready');
      expect(status).toBe(200);
      return (json as { vendor: unknown }).vendor;
    };
    expect(await vendorState()).toEqual({
      breaker: 'closed',
      connection: 'no-fault',
      credentials: 'unused',
      budgetLeft: 300,
    });
    expect((await own.send('PATCH', '/v1/customers', aCustomerUpdate())).status).toBe(200);
    // The token and the update.
    expect(await vendorState()).toEqual({
      breaker: 'closed',
      connection: 'no-fault',
      credentials: 'accepted',
      budgetLeft: 298,
    });
    await own.stop();

    const refused = await startService(sandbox.url, { UPSTREAM_OAUTH_SECRET: 'wrong' });
    expect((await refused.send('PATCH', '/v1/customers', aCustomerUpdate())).status).toBe(502);
    const { status, json } = await refused.send('GET', '/health/ready');
    expect([status, json.vendor]).toEqual([
      200,
      { breaker: 'closed', connection: 'no-fault', credentials: 'refused', budgetLeft: null },
    ]);
    await refused.stop();
  });

  it('names the cause when there is no connection to the vendor', async () => {
    const plain = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('this is not TLS');
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    const own = await startService(`https://127.0.0.1:${port}`);
    expect((await own.send('PATCH', '/v1/customers', aCustomerUpdate())).status).toBe(503);
    expect((await own.send('GET', '/health/ready')).json.vendor).toMatchObject({ connection: 'not-tls' });
    await own.stop();
    plain.close();
    const nowhere = await startService('https://vendor.invalid');
    await nowhere.send('PATCH', '/v1/customers', aCustomerUpdate());
    expect((await nowhere.send('GET', '/health/ready')).json.vendor).toMatchObject({
      connection: 'name-not-found',
    });
    await nowhere.stop();
  });
});
