import { type TestContext, afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '../../src/security/api-key.js';
import type { StatusDto } from '../../src/operations/status/status.dto.js';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { createPreparedDatabase, serverUrl } from '../harness/databases.js';
import { NDJSON, importsOf } from '../harness/imports.js';
import { type Cluster, createDatabase, startClusterIfAny } from '../harness/postgres.js';
import { privateValuesIn } from '../harness/private-values.js';
import { EMBEDDED, type Service, keyRecord, startService } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';

const UNLIMITED = { UPSTREAM_CALLS_PER_MINUTE: '100000', REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: 'false' };
/** What is stored is read every 5 s at most. */
const READ_MS = 20_000;

const limited = makeKey();
const withoutScope = makeKey();
const KEYS = [
  keyRecord(limited, { name: 'floods', limits: { requestsPerSecond: 1 } }),
  keyRecord(withoutScope, { name: 'without-scope', scopes: ['customers:write'] }),
];

const sandbox = useSandbox({ resetBeforeEach: true });
let cluster: Cluster | undefined;
const services = new Set<Service>();

beforeAll(async () => {
  cluster = await startClusterIfAny();
});
afterAll(async () => cluster?.remove());
afterEach(async () => {
  await Promise.all([...services].map((service) => service.stop()));
  services.clear();
});

async function start(environment: Record<string, string> = {}): Promise<Service> {
  const service = await startService(sandbox.url, { ...UNLIMITED, ...environment }, KEYS);
  services.add(service);
  return service;
}
const statusOf = async (service: Service): Promise<StatusDto> =>
  (await service.send('GET', '/v1/status')).json as StatusDto;
const statusWith = (service: Service, isThere: (status: StatusDto) => boolean): Promise<StatusDto> =>
  until(() => statusOf(service), isThere, READ_MS, 200);
const codesOf = ({ reasons }: StatusDto): string[] => reasons.map(({ code }) => code);
const update = (service: Service, last = 1, headers: Record<string, string> = {}) =>
  service.send(
    'PATCH',
    '/v1/customers',
    aCustomerUpdate({ identifiers: [{ type: 'mobile', value: `91990000000${last}` }] }),
    headers,
  );
const updates = (service: Service, count: number) =>
  Promise.all(Array.from({ length: count }, (_, last) => update(service, last % 10)));

describe('GET /v1/status', () => {
  it('is ok when nothing is wrong, and has every figure', async () => {
    const service = await start();
    await update(service);
    const status = await statusWith(service, ({ instances }) => instances?.length === 1);
    expect(status).toMatchObject({
      state: 'ok',
      fault: 'none',
      reasons: [],
      instance: { nodeVersion: process.version },
      vendor: {
        breaker: 'closed',
        connection: 'no-fault',
        latestCall: 'no-fault',
        credentials: 'accepted',
        callsPerMinute: 100_000,
        nextCallInMs: 0,
        paceRefusals: 0,
        learnedCallsPerMinute: null,
        callSizes: { customer: { updates: 100 }, association: { updates: 100 } },
        retryCalls: 30,
      },
      pending: { interactive: { count: 0, bytes: 0, oldestSeconds: 0 }, background: { count: 0 } },
      imports: { inProgress: [] },
      credits: { inDoubt: 0, oldestSeconds: 0 },
      database: { driver: serverUrl === undefined ? 'embedded' : 'postgres', state: 'up' },
      lost: { logLines: 0, auditEvents: 0 },
      callers: [{ principal: 'api-key:test', limited: 0, refused: 0, failed: 0 }],
    });
    expect(status.instances).toMatchObject([{ id: status.instance.id, isThis: true, isMissing: false }]);
    expect(status.vendor.callsLeft).toBeLessThan(100_000);
    expect(status.database.latencyMs).toBeGreaterThan(0);
  });

  it('demands the scope ops:read', async () => {
    const service = await start();
    expect((await fetch(`${service.url}/v1/status`)).status).toBe(401);
    const headers = { Authorization: `Bearer ${withoutScope}` };
    expect((await service.send('GET', '/v1/status', undefined, headers)).status).toBe(403);
  });

  it('lists the one instance of an embedded database', async () => {
    const service = await start(EMBEDDED);
    const { database, instances } = await statusWith(service, (status) => status.instances?.length === 1);
    expect(database).toMatchObject({ driver: 'embedded', state: 'up' });
    expect(instances).toMatchObject([{ isThis: true }]);
  });

  it('reports what waits, and who waits for it', async () => {
    const service = await start({ REQUEST_DEADLINE_MS: '4000', UPSTREAM_TIMEOUT_MS: '4000' });
    await sandbox.fault({ kind: 'latency', ms: 3000, times: 1 });
    const answer = update(service);
    const waiting = await statusWith(service, (status) => codesOf(status).includes('vendor-slow'));
    expect(waiting).toMatchObject({ state: 'degraded', fault: 'vendor' });
    expect(waiting.pending.interactive.count).toBe(1);
    expect(waiting.pending.interactive.bytes).toBeGreaterThan(50);
    expect(waiting.pending.interactive.oldestSeconds).toBeGreaterThanOrEqual(1);
    expect((await answer).status).toBe(200);
  });
});

describe('the fault is of the vendor', () => {
  it('when the circuit breaker is open, and imports wait for it', async () => {
    const service = await start({ REQUEST_DEADLINE_MS: '1000' });
    await sandbox.fault({ kind: 'html', times: -1 });
    await statusWith(service, (status) => {
      void updates(service, 10);
      return codesOf(status).includes('breaker-open');
    });
    const { upload } = importsOf(() => service);
    const { json } = await upload('kind=customers', JSON.stringify(aCustomerUpdate()), NDJSON);
    const status = await statusWith(service, (one) => codesOf(one).includes('imports-waiting'));
    expect(status).toMatchObject({ state: 'failing', fault: 'vendor' });
    expect(status.vendor.breaker).not.toBe('closed');
    expect(status.imports?.inProgress).toMatchObject([
      { id: json.id, kind: 'customers', state: 'running', total: 1, settled: 0 },
    ]);
    expect(status.imports?.byState).toMatchObject({ running: 1 });
    expect(privateValuesIn(JSON.stringify(status))).toEqual([]);
  });

  it('when it cannot be reached', async () => {
    const service = await startService('http://127.0.0.1:1', { ...UNLIMITED, REQUEST_DEADLINE_MS: '500' });
    services.add(service);
    await update(service);
    const status = await statusOf(service);
    expect(status).toMatchObject({ state: 'failing', fault: 'vendor' });
    expect(status.reasons[0]).toMatchObject({ code: 'vendor-unreachable' });
    expect(status.reasons[0]?.detail).toContain('connection-refused');
  });

  it('when it answers 429', async () => {
    const service = await start();
    await sandbox.fault({ kind: 'status', status: 429 });
    await update(service);
    const status = await statusOf(service);
    expect(status).toMatchObject({ state: 'degraded', fault: 'vendor' });
    expect(codesOf(status)).toEqual(['pace-lowered']);
  });
});

describe('the fault is of the service', () => {
  it('when the vendor refuses our credentials', async () => {
    const service = await start({ UPSTREAM_OAUTH_SECRET: 'wrong' });
    await update(service);
    const status = await statusOf(service);
    expect(status).toMatchObject({ state: 'failing', fault: 'service', vendor: { credentials: 'refused' } });
    expect(codesOf(status)).toEqual(['credentials-refused']);
  });

  it('when the host of the vendor is not found', async () => {
    const service = await startService('http://vendor.invalid', { ...UNLIMITED, REQUEST_DEADLINE_MS: '500' });
    services.add(service);
    await update(service);
    const status = await statusWith(service, (one) => codesOf(one).includes('vendor-unreachable'));
    expect(status).toMatchObject({ state: 'failing', fault: 'service' });
  });

  it('when the database is gone, and the last figures stay', async (context: TestContext) => {
    if (!cluster) return context.skip('there is no PostgreSQL on this machine that could be stopped');
    const service = await start({ DATABASE_URL: await createDatabase(cluster.url) });
    const before = await statusWith(service, ({ instances }) => instances?.length === 1);
    await cluster.stopServer();
    const status = await statusWith(service, ({ database }) => database.state === 'down');
    expect(status).toMatchObject({ state: 'failing', fault: 'service' });
    expect(codesOf(status)).toEqual(['database-down']);
    expect(status.database).toMatchObject({ driver: 'postgres', reason: 'the database cannot be reached' });
    expect(status.instances).toEqual(before.instances);
    await cluster.startServer();
    expect(await statusWith(service, ({ database }) => database.state === 'up')).toMatchObject({
      state: 'ok',
    });
  });

  it('when credits are in doubt, until they are resolved', async () => {
    const service = await start({ UPSTREAM_TIMEOUT_MS: '500', REQUEST_DEADLINE_MS: '1500' });
    await sandbox.fault({ kind: 'reset-after' });
    await service.send('POST', '/v1/loyalty/enrollments', anEnrollment({ loyaltyPoints: 5 }));
    const status = await statusWith(service, (one) => codesOf(one).includes('credits-in-doubt'));
    expect(status).toMatchObject({ state: 'attention', credits: { inDoubt: 1 } });
    const { json } = await service.send('GET', '/v1/loyalty/unknown-credits');
    const resolution = { resolution: 'applied', note: 'seen in the ledger' };
    await service.send('POST', `/v1/loyalty/unknown-credits/${json.credits[0].id}/resolve`, resolution);
    expect(await statusWith(service, (one) => one.credits?.inDoubt === 0)).toMatchObject({ state: 'ok' });
  });
});

describe('the fault is of a caller', () => {
  it('when the calls of the minute are used up', async () => {
    const service = await start({ UPSTREAM_CALLS_PER_MINUTE: '2', REQUEST_DEADLINE_MS: '5000' });
    await update(service);
    const status = await statusWith(service, (one) => {
      void update(service);
      return codesOf(one).includes('calls-used-up');
    });
    expect(status.reasons[0]).toMatchObject({ code: 'calls-used-up', state: 'degraded', fault: 'caller' });
    expect(status.vendor.callsLeft).toBe(0);
  });

  it('when it sends more than its key allows, by its name', async () => {
    const service = await start();
    const headers = { Authorization: `Bearer ${limited}` };
    await Promise.all(Array.from({ length: 30 }, () => update(service, 1, headers)));
    const status = await statusOf(service);
    expect(status).toMatchObject({ state: 'attention', fault: 'caller' });
    expect(codesOf(status)).toContain('caller-limited');
    expect(status.callers[0]).toMatchObject({ principal: 'api-key:floods', requests: 30, failed: 0 });
    expect(status.callers[0]?.limited).toBeGreaterThan(10);
  });

  it('when it sends what is not valid, or has no key', async () => {
    const service = await start();
    await Promise.all(Array.from({ length: 25 }, () => service.send('PATCH', '/v1/customers', {})));
    await Promise.all(Array.from({ length: 25 }, () => fetch(`${service.url}/v1/imports`)));
    const status = await statusOf(service);
    expect(codesOf(status)).toEqual(['caller-refused', 'caller-refused']);
    expect(status.reasons.map(({ detail }) => detail.slice(0, 28)).toSorted()).toEqual([
      'Callers without an accepted ',
      'The caller api-key:test sent',
    ]);
  });
});

describe('replicas', () => {
  it('see each other, until one ends by a signal', async (context: TestContext) => {
    if (serverUrl === undefined) return context.skip('there is no PostgreSQL on this machine');
    const DATABASE_URL = await createPreparedDatabase();
    const [one, other] = await Promise.all([start({ DATABASE_URL }), start({ DATABASE_URL })]);
    const both = await statusWith(one, ({ instances }) => instances?.length === 2);
    const otherId = (await statusOf(other)).instance.id;
    expect(both.instances?.map(({ id }) => id).toSorted()).toEqual([both.instance.id, otherId].toSorted());
    await other.stop();
    const alone = await statusWith(one, ({ instances }) => instances?.length === 1);
    expect(alone).toMatchObject({ state: 'ok', instances: [{ isThis: true }] });
  });
});
