import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type TestContext, afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anEnrollment } from '../builders/an-enrollment.js';
import { type Cluster, createDatabase, startClusterIfAny } from '../harness/postgres.js';
import { type Answer, type Service, startService } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';

/** With these times a lease lasts 11 s. */
const TIMES = { UPSTREAM_TIMEOUT_MS: '3000', REQUEST_DEADLINE_MS: '3000', DRAIN_TIMEOUT_MS: '2000' };
const LEASE_MS = 11_000;
const ONE = '/v1/loyalty/enrollments';
const MANY = `${ONE}/batch`;

let cluster: Cluster | undefined;
const sandbox = useSandbox({ resetBeforeEach: true });
let DATABASE_URL = '';
const services = new Set<Service>();

beforeAll(async () => {
  cluster = await startClusterIfAny();
});

afterAll(async () => cluster?.remove());

beforeEach(async (context: TestContext) => {
  if (!cluster) return context.skip('there is no PostgreSQL on this machine that could be stopped');
  DATABASE_URL = await createDatabase(cluster.url);
});

afterEach(async () => {
  await Promise.all([...services].map((service) => service.stop()));
  services.clear();
});

const start = async (): Promise<Service> => {
  const service = await startService(sandbox.url, { DATABASE_URL, ...TIMES });
  services.add(service);
  return service;
};
const enrollment = (loyaltyPoints: number, last: number, idempotencyKey?: string): object =>
  anEnrollment({
    identifiers: [{ type: 'mobile', value: `91990000000${last}` }],
    loyaltyPoints,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  });
const post = (service: Service, path: string, body: unknown, key?: string): Promise<Answer> =>
  service.send('POST', path, body, key === undefined ? {} : { 'Idempotency-Key': key });
const points = async (): Promise<number[]> => (await sandbox.points()).toSorted((one, other) => one - other);
const creditsIn = async (service: Service, state: string): Promise<Record<string, unknown>[]> =>
  (await service.send('GET', `/v1/loyalty/unknown-credits?state=${state}`)).json.credits;

/** Repeats a request until no process holds its key, and the database is there. */
async function settled(ask: () => Promise<Answer>): Promise<Answer> {
  return until(
    ask,
    ({ status, text }) => status !== 409 && status !== 503 && !text.includes('another request is working'),
    60_000,
    250,
  );
}

/** Sends a request, and stops the database between its effect and the record of it. */
async function loseDatabaseDuring(service: Service, ask: () => Promise<Answer>): Promise<Answer> {
  await service.send('PATCH', '/v1/customers', {
    identifiers: [{ type: 'mobile', value: '919900000009' }],
    firstName: 'Ira',
    loyaltyType: 'loyalty',
  }); // fetches the access token
  await sandbox.forgetCalls();
  await sandbox.fault({ kind: 'latency', ms: 1000 });
  const answer = ask();
  await sandbox.called();
  await cluster?.stopServer();
  return answer;
}

interface Request {
  readonly path: string;
  readonly body: unknown;
  readonly key?: string;
  readonly credited: readonly number[];
}

const REQUESTS: readonly [string, () => Request][] = [
  ['one enrollment', () => ({ path: ONE, body: enrollment(30, 1), key: randomUUID(), credited: [30] })],
  [
    'a batch under one key',
    () => ({
      path: MANY,
      body: { enrollments: [enrollment(31, 1), enrollment(32, 2)] },
      key: randomUUID(),
      credited: [31, 32],
    }),
  ],
  [
    'a batch with keys of its items',
    () => ({
      path: MANY,
      body: { enrollments: [enrollment(33, 1, randomUUID()), enrollment(34, 2, randomUUID())] },
      credited: [33, 34],
    }),
  ],
];

describe('points that the vendor credited while the database was lost', () => {
  it.each(REQUESTS)('keep their outcome: %s', async (_what, create) => {
    const service = await start();
    const { path, body, key, credited } = create();
    const ask = (): Promise<Answer> => post(service, path, body, key);
    const first = await loseDatabaseDuring(service, ask);
    expect(first.status).toBe(200);
    expect(first.text).toContain('"pointsCredited":"yes"');

    await cluster?.startServer();
    const second = await settled(ask);
    expect(second.status).toBe(200);
    if (key === undefined) {
      const replayed = { outcome: 'updated', pointsCredited: 'yes', replayed: true };
      expect(second.json.outcomes).toMatchObject([replayed, replayed]);
    } else {
      expect([second.text, second.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    }
    expect(await points()).toEqual(credited);
    expect([await creditsIn(service, 'unknown'), await creditsIn(service, 'resolved')]).toEqual([[], []]);
    expect(service.program.events().map(({ event }) => event)).toEqual(
      expect.arrayContaining(['records.kept', 'records.written']),
    );
  });

  it('keep it for another instance too, though their lease ran out before the database was back', async () => {
    const [service, other] = [await start(), await start()];
    const key = randomUUID();
    const ask = (through: Service): Promise<Answer> => post(through, ONE, enrollment(35, 1), key);
    const first = await loseDatabaseDuring(service, () => ask(service));
    expect(first.status).toBe(200);

    await pause(LEASE_MS);
    // Without a connection it cannot write for a while, though the other instance could take over by now.
    service.program.process.kill('SIGSTOP');
    await cluster?.startServer();
    await other.program.waitForEvent(({ event }) => event === 'database.recovered');
    expect((await ask(other)).status).toBe(409);
    service.program.process.kill('SIGCONT');
    const second = await settled(() => ask(other));
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(await points()).toEqual([35]);
    expect([await creditsIn(other, 'unknown'), await creditsIn(other, 'resolved')]).toEqual([[], []]);
  });

  it('are written at the end of the process, or logged with what is known', async () => {
    const [service, unlucky] = [await start(), await start()];
    const key = randomUUID();
    const ask = (through: Service): Promise<Answer> => post(through, ONE, enrollment(36, 1), key);
    const first = await loseDatabaseDuring(service, () => ask(service));
    await sandbox.forgetCalls();

    const stopping = service.stop();
    services.delete(service);
    await cluster?.startServer();
    expect(await stopping).toBe(0);
    expect(service.program.events().map(({ event }) => event)).toContain('records.written');
    const second = await settled(() => ask(unlucky));
    expect([second.status, second.text]).toEqual([200, first.text]);

    const lost = await loseDatabaseDuring(unlucky, () => post(unlucky, ONE, enrollment(37, 2), randomUUID()));
    expect(lost.status).toBe(200);
    services.delete(unlucky);
    await unlucky.stop();
    const logged = unlucky.program.events().filter(({ event }) => event === 'records.not-written');
    expect(logged).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          because: 'credited',
          creditId: expect.stringMatching(/^key:/) as string,
          upstreamRequestId: lost.json.upstreamRequestId as string,
        }),
        expect.objectContaining({ status: 200 }),
      ]),
    );
    expect(JSON.stringify(logged)).not.toContain('919900000002');
    await cluster?.startServer();
  });
});

describe('points of a process that is paused for longer than its lease', () => {
  it('are in doubt until it continues, and then as its late answer says', async () => {
    const [slow, other] = [await start(), await start()];
    const key = randomUUID();
    const ask = (through: Service): Promise<Answer> => post(through, ONE, enrollment(40, 1), key);
    await slow.send('PATCH', '/v1/customers', {
      identifiers: [{ type: 'mobile', value: '919900000009' }],
      firstName: 'Ira',
      loyaltyType: 'loyalty',
    }); // fetches the access token
    await sandbox.forgetCalls();
    await sandbox.fault({ kind: 'latency', ms: 1000 });
    const first = ask(slow);
    await sandbox.called();
    slow.program.process.kill('SIGSTOP');

    const doubt = await settled(() => ask(other));
    expect(doubt).toMatchObject({ status: 504, json: { outcome: 'unknown' } });
    expect(await creditsIn(other, 'unknown')).toMatchObject([
      { id: doubt.json.creditId as string, reason: 'process-ended' },
    ]);
    slow.program.process.kill('SIGCONT');
    const answer = await first;
    const [credit] = await until(
      () => creditsIn(other, 'resolved'),
      ({ length }) => length === 1,
    );
    expect(credit).toMatchObject({
      id: doubt.json.creditId as string,
      resolution: 'applied',
      upstreamRequestId: expect.any(String) as string,
    });
    expect(answer).toMatchObject({ status: 200, json: { pointsCredited: 'yes' } });
    expect((await ask(other)).text).toBe(answer.text);
    const path = `/v1/loyalty/unknown-credits/${String(credit?.['id'])}/resolve`;
    const late = await post(other, path, { resolution: 'not-applied', note: 'as it seemed' });
    expect(late.status).toBe(409);
    expect(await points()).toEqual([40]);
  });
});
