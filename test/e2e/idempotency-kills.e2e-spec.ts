import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { type TestContext, afterAll, beforeEach, describe, expect, it } from 'vitest';
import { anEnrollment } from '../builders/an-enrollment.js';
import { copyPreparedData, createPreparedDatabase, serverUrl } from '../harness/databases.js';
import { type Answer, type Service, startService } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';

/** With these times a lease lasts 11 s, and a call that hangs locks its customer for 3 s. */
const TIMES = { UPSTREAM_TIMEOUT_MS: '3000', REQUEST_DEADLINE_MS: '3000' };
const ASHA = [{ type: 'mobile', value: '919900000001' }];
const BEN = [{ type: 'mobile', value: '919900000002' }];
const CARA = [{ type: 'mobile', value: '919900000003' }];
const DEV = [{ type: 'mobile', value: '919900000004' }];
const ONE = '/v1/loyalty/enrollments';
const MANY = `${ONE}/batch`;

const folder = useFolder();
const sandbox = useSandbox({ resetBeforeEach: true });
/** The settings of the test's database. */
let database: Record<string, string> = {};
const services = new Set<Service>();

const start = async (): Promise<Service> => {
  const service = await startService(sandbox.url, { ...database, ...TIMES });
  services.add(service);
  return service;
};
const stop = async (service: Service, signal?: NodeJS.Signals): Promise<void> => {
  services.delete(service);
  await service.stop(signal);
};

afterAll(async () => {
  await Promise.all([...services].map((service) => service.stop()));
});

async function moveToPostgres(context: TestContext): Promise<void> {
  if (serverUrl === undefined) return context.skip('there is no PostgreSQL on this machine');
  database = { DATABASE_URL: await createPreparedDatabase() };
}

async function moveToFolder(): Promise<void> {
  const DATA_DIR = join(folder, randomUUID());
  copyPreparedData(DATA_DIR);
  database = { DATA_DIR };
}

const enrollment = (identifiers: object[], loyaltyPoints: number, idempotencyKey?: string): object =>
  anEnrollment({ identifiers, loyaltyPoints, ...(idempotencyKey !== undefined && { idempotencyKey }) });
const post = (service: Service, path: string, body: unknown, key?: string): Promise<Answer> =>
  service.send('POST', path, body, key === undefined ? {} : { 'Idempotency-Key': key });
const patch = (service: Service, identifiers: object[]): Promise<Answer> =>
  service.send('PATCH', '/v1/customers', { identifiers, firstName: 'Anna', loyaltyType: 'loyalty' });
const points = async (): Promise<number[]> => (await sandbox.points()).toSorted((one, other) => one - other);
const outcomes = ({ json }: Answer): string[] =>
  json.outcomes.map(({ outcome }: { outcome: string }) => outcome);
const listed = async (service: Service): Promise<unknown[]> =>
  (await service.send('GET', '/v1/loyalty/unknown-credits')).json.credits;

/** Repeats a request until no other process holds its key. */
async function settled(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; tries < 120; tries += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one try after the other
    const answer = await ask();
    const isBusy = answer.status === 409 || answer.status === 503;
    const isPartOpen = answer.json.outcomes !== undefined && outcomes(answer).includes('failed');
    if (!isBusy && !isPartOpen) return answer;
    // oxlint-disable-next-line no-await-in-loop -- the pause between two tries
    await pause(500);
  }
  throw new Error('it never settles');
}

/** Makes a call for Asha hang, so that other updates of her wait and have no recorded credit. */
async function keepAshaBusy(service: Service): Promise<void> {
  expect(await patch(service, DEV)).toMatchObject({ status: 200 }); // fetches the access token
  await sandbox.forgetCalls();
  await sandbox.fault({ kind: 'hang', match: ASHA[0] });
  void patch(service, ASHA).catch(() => 'the process is gone');
  await sandbox.called();
}

/** Waits until a process has reserved the key. */
async function isReserved(key: string): Promise<void> {
  const client = new Client({ connectionString: database['DATABASE_URL'] });
  await client.connect();
  const find = 'select from meniscus.idempotency_records where key = $1';
  await until(async () => (await client.query(find, [key])).rowCount === 1);
  await client.end();
}

const isInUse = async (ask: () => Promise<Answer>): Promise<boolean> => (await ask()).status === 409;

describe.each([
  ['on PostgreSQL', moveToPostgres],
  ['embedded', moveToFolder],
])('a key with points, after its process is killed, %s,', (_driver, move) => {
  beforeEach(move);

  it('is taken over when they were not sent, and every credit is reported and applied once', async () => {
    const killed = await start();
    const [single, whole, first, second] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const ofRequest = { enrollments: [enrollment(BEN, 20), enrollment(ASHA, 10)] };
    const ofItems = { enrollments: [enrollment(CARA, 21, first), enrollment(ASHA, 11, second)] };
    const requests: ((service: Service) => Promise<Answer>)[] = [
      (service) => post(service, ONE, enrollment(ASHA, 12), single),
      (service) => post(service, MANY, ofRequest, whole),
      (service) => post(service, MANY, ofItems),
    ];

    await keepAshaBusy(killed);
    const lost = requests.map((ask) => ask(killed).catch(() => 'the process is gone'));
    await until(() => isInUse(() => post(killed, ONE, enrollment(ASHA, 12), single)));
    await until(async () => (await points()).length === 2);
    // These outcomes are stored before the response to a later request.
    expect((await post(killed, ONE, enrollment(DEV, 1), randomUUID())).status).toBe(200);
    await stop(killed, 'SIGKILL');
    expect(await Promise.all(lost)).toEqual(Array(3).fill('the process is gone'));
    expect(await points()).toEqual([1, 20, 21]);

    const service = await start();
    const answers = await Promise.all(requests.map((ask) => settled(() => ask(service))));
    expect(answers.filter(({ status }) => status !== 200).map(({ text }) => text)).toEqual([]);
    expect(answers[0]?.json).toMatchObject({ outcome: 'updated', pointsCredited: 'yes' });
    for (const answer of answers.slice(1)) {
      expect(answer.json.outcomes).toMatchObject([
        { outcome: 'updated', pointsCredited: 'yes' },
        { outcome: 'updated', pointsCredited: 'yes' },
      ]);
    }
    expect(await points()).toEqual([1, 10, 11, 12, 20, 21]);
    expect(await listed(service)).toEqual([]);

    const again = await Promise.all(requests.map((ask) => ask(service)));
    expect(again.slice(0, 2).map(({ text }) => text)).toEqual(answers.slice(0, 2).map(({ text }) => text));
    expect(again[2]?.json.outcomes).toEqual(
      answers[2]?.json.outcomes.map((outcome: object) => ({ ...outcome, replayed: true })),
    );
    expect(await points()).toHaveLength(6);
    await stop(service);
  });
});

describe('a key with points, after its process is killed', () => {
  beforeEach(moveToPostgres);

  it('answers updated when the vendor had responded but the response was not stored', async () => {
    const killed = await start();
    const key = randomUUID();
    const ask = (service: Service): Promise<Answer> => post(service, ONE, enrollment(ASHA, 30), key);
    const client = new Client({ connectionString: database['DATABASE_URL'] });
    await client.connect();

    await sandbox.fault({ kind: 'latency', ms: 1000 });
    const lost = ask(killed).catch(() => 'the process is gone');
    await sandbox.called();
    // A lock on the record's row keeps the service from storing the response.
    await client.query('begin');
    await client.query('select 1 from meniscus.idempotency_records where key = $1 for update', [key]);
    await until(async () => {
      const { rows } = await client.query('select state from meniscus.credits');
      return rows[0]?.state === 'credited';
    });
    await stop(killed, 'SIGKILL');
    expect(await lost).toBe('the process is gone');
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await client.query('rollback');
    const { rows } = await client.query('select state from meniscus.idempotency_records');
    expect(rows).toEqual([{ state: 'running' }]);

    const service = await start();
    const second = await settled(() => ask(service));
    expect(second).toMatchObject({ status: 200, json: { outcome: 'updated', pointsCredited: 'yes' } });
    expect(second.headers.get('idempotency-replayed')).toBeNull();
    const third = await ask(service);
    expect([third.text, third.headers.get('idempotency-replayed')]).toEqual([second.text, 'true']);
    expect(await points()).toEqual([30]);
    expect((await client.query('select 1 from meniscus.credits')).rows).toEqual([]);
    await client.end();
    await stop(service);
  });
});

describe('a key with points, while its process is paused', () => {
  beforeEach(moveToPostgres);

  it('is credited once when another instance takes it over', async () => {
    const [slow, other] = [await start(), await start()];
    const key = randomUUID();
    const ask = (service: Service): Promise<Answer> => post(service, ONE, enrollment(ASHA, 40), key);

    await keepAshaBusy(slow);
    const first = ask(slow);
    await isReserved(key); // or the other instance might reserve it first
    expect((await ask(other)).status).toBe(409);
    slow.program.process.kill('SIGSTOP');
    const second = await settled(() => ask(other));
    expect(second).toMatchObject({ status: 200, json: { outcome: 'updated', pointsCredited: 'yes' } });
    slow.program.process.kill('SIGCONT');
    expect((await first).status).not.toBe(200);
    expect((await ask(slow)).text).toBe(second.text);
    expect(await points()).toEqual([40]);
    await Promise.all([slow, other].map((service) => stop(service)));
  });
});
