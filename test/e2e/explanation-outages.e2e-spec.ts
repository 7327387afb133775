import { type TestContext, afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { type Cluster, createDatabase, startClusterIfAny } from '../harness/postgres.js';
import { type Answer, type Service, startService } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';

const sandbox = useSandbox();
let cluster: Cluster | undefined;
let service: Service | undefined;

beforeAll(async () => {
  cluster = await startClusterIfAny();
});

afterAll(async () => cluster?.remove());

beforeEach((context: TestContext) => {
  if (!cluster) context.skip('there is no PostgreSQL on this machine that could be stopped');
});

afterEach(async () => service?.stop());

it('updates end and are explained while the database is lost, and their explanations are stored afterwards', async () => {
  if (!cluster) return;
  const DATABASE_URL = await createDatabase(cluster.url);
  const first = await startService(sandbox.url, { DATABASE_URL });
  service = first;
  const patch = (requestId: string): Promise<Answer> =>
    first.send('PATCH', '/v1/customers', aCustomerUpdate(), { 'X-Request-Id': requestId });
  expect((await patch('before')).status).toBe(200);
  await cluster.stopServer();
  await first.program.waitForEvent(({ event }) => event === 'database.lost');
  const answers: Answer[] = [];
  for (let number = 0; number < 20; number += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    answers.push(await patch(`lost-${number}`));
  }
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));

  const own = await first.send('GET', `/v1/updates/${answers[0]?.json.updateId}`);
  expect(own.json).toMatchObject({ requestId: 'lost-0', outcome: 'updated' });
  expect((await first.send('GET', '/v1/updates/lost-1')).json).toMatchObject({ requestId: 'lost-1' });
  const listed = await first.send('GET', '/v1/updates?limit=100');
  expect(listed.json).toMatchObject({ isComplete: false });
  expect(listed.json.updates.length).toBeGreaterThanOrEqual(20);
  const unknown = await first.send('GET', '/v1/updates/not-known-here');
  expect([unknown.status, unknown.json.type]).toEqual([503, '/problems/storage-unavailable']);

  await cluster.startServer();
  const other = await startService(sandbox.url, { DATABASE_URL });
  try {
    for (const { json } of answers) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const seen = await until(
        () => other.send('GET', `/v1/updates/${json.updateId}`),
        ({ status }) => status === 200,
      );
      expect(seen.json.id).toBe(json.updateId);
    }
  } finally {
    await other.stop();
  }
  expect(first.program.events().filter(({ event }) => event === 'explanations.lost')).toEqual([]);
});
