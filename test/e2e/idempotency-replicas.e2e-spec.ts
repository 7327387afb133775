import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type TestContext, afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anEnrollment } from '../builders/an-enrollment.js';
import { type Cluster, createDatabase, startClusterIfAny } from '../harness/postgres.js';
import { type Answer, type Service, startService } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';

/** Long timeouts, as a slow machine must not cause unknown outcomes. */
const PATIENT = { UPSTREAM_TIMEOUT_MS: '30000', REQUEST_DEADLINE_MS: '60000' };

let cluster: Cluster | undefined;
const sandbox = useSandbox({ resetBeforeEach: true });
let services: Service[] = [];

beforeAll(async () => {
  cluster = await startClusterIfAny();
  if (!cluster) return;
  const DATABASE_URL = await createDatabase(cluster.url);
  services = await Promise.all([1, 2].map(() => startService(sandbox.url, { DATABASE_URL, ...PATIENT })));
});

afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await cluster?.remove();
});

beforeEach(async (context: TestContext) => {
  if (!cluster) context.skip('there is no PostgreSQL on this machine');
  await sandbox.set({ unknownCustomer: 'register' });
});

const enrollment = (number: number): object =>
  anEnrollment({
    identifiers: [{ type: 'mobile', value: String(919_900_100_000 + number) }],
    loyaltyPoints: number,
  });
const patch = (service: Service, key?: string): Promise<Answer> =>
  service.send(
    'PATCH',
    '/v1/customers',
    { identifiers: [{ type: 'mobile', value: '919900000001' }], firstName: 'Asha', loyaltyType: 'loyalty' },
    key === undefined ? {} : { 'Idempotency-Key': key },
  );
const enroll = (service: Service, number: number, key: string): Promise<Answer> =>
  service.send('POST', '/v1/loyalty/enrollments', enrollment(number), { 'Idempotency-Key': key });

/** Repeats a request as its Retry-After says, until it is done. */
async function untilDone(ask: () => Promise<Answer>): Promise<Answer> {
  const answers: string[] = [];
  for (let tries = 0; tries < 60; tries += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one try after the other
    const answer = await ask();
    answers.push(`${answer.status} ${String(answer.json?.type)} ${String(answer.json?.reason)}`);
    if (answer.status !== 409 && answer.status !== 503) return answer;
    // oxlint-disable-next-line no-await-in-loop -- the pause between two tries
    await pause(Number(answer.headers.get('retry-after') ?? 1) * 1000);
  }
  throw new Error(`it is never done:\n${answers.join('\n')}`);
}

describe('two instances on one database', () => {
  it('credit 1,000 concurrent duplicates of 100 keys exactly 100 times', async () => {
    const prefix = randomUUID();
    const asked = Array.from({ length: 1000 }, (_, index) => {
      const number = 1 + (index % 100);
      const service = services[Math.floor(index / 100) % 2];
      if (!service) throw new Error('there are two');
      return { number, service, key: `${prefix}-${number}` };
    });

    const answers = await Promise.all(
      asked.map(({ number, service, key }) => untilDone(() => enroll(service, number, key))),
    );

    const notDone = answers.filter(({ status }) => status !== 200);
    expect(notDone.map(({ text }) => text)).toEqual([]);
    const points = await sandbox.points();
    expect(points.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
    const firsts = answers.filter(({ headers }) => headers.get('idempotency-replayed') === null);
    expect(firsts).toHaveLength(100);
    const textOf = new Map(asked.map(({ key }, index) => [key, answers[index]?.text]));
    expect(new Set(textOf.values()).size).toBe(100);
    expect(answers.map(({ text }) => text)).toEqual(asked.map(({ key }) => textOf.get(key)));
  });

  it("replay each other's response", async () => {
    const [one, other] = services as [Service, Service];
    const key = randomUUID();
    const first = await enroll(one, 5, key);
    const second = await enroll(other, 5, key);
    expect([first.status, second.status, second.text]).toEqual([200, 200, first.text]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it('reject keys and points without the database, accept other updates, and recover', async () => {
    const [service] = services as [Service];
    const key = randomUUID();
    const first = await patch(service, key);
    expect(first.status).toBe(200);

    await cluster?.stopServer();
    await service.program.waitForEvent(({ event }) => event === 'database.lost');
    const UNAVAILABLE = { status: 503, json: { type: '/problems/storage-unavailable' } };
    await sandbox.forgetCalls();
    for (const refused of [await patch(service, key), await enroll(service, 6, randomUUID())]) {
      expect(refused).toMatchObject(UNAVAILABLE);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await sandbox.calls('bulk')).toEqual([]);
    expect((await patch(service)).status).toBe(200);

    await cluster?.startServer();
    await service.program.waitForEvent(({ event }) => event === 'database.recovered');
    const again = await patch(service, key);
    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([
      200,
      first.text,
      'true',
    ]);
    expect((await enroll(service, 6, randomUUID())).status).toBe(200);
  });

  it('answer with the outcome when the response cannot be stored, and replay it once that is possible', async () => {
    const [service, other] = services as [Service, Service];
    expect((await patch(service)).status).toBe(200); // fetches the access token
    await sandbox.forgetCalls();
    await sandbox.fault({ kind: 'latency', ms: 1500 });
    const key = randomUUID();
    const answer = patch(service, key);
    await sandbox.called();
    await cluster?.stopServer();
    const first = await answer;
    expect(first).toMatchObject({ status: 200, json: { outcome: 'updated' } });
    await service.program.waitForEvent(({ event }) => event === 'records.kept');
    await cluster?.startServer();
    const again = await untilDone(() => patch(other, key));
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
  });
});
