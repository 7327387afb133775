import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '../../src/security/api-key.js';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { type JournalTimes, mostInAMinute } from '../harness/calls-in-a-minute.js';
import { createPreparedDatabase, serverUrl } from '../harness/databases.js';
import { type Answer, type Service, keyRecord, startService } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';

const CALLS_PER_MINUTE = 60;
const CUSTOMERS = 40;

const sandbox = useSandbox();
let replicas: Service[] = [];

const bounded = makeKey();

const start = (DATABASE_URL: string): Promise<Service> =>
  startService(
    sandbox.url,
    {
      DATABASE_URL,
      UPSTREAM_CALLS_PER_MINUTE: String(CALLS_PER_MINUTE),
      REQUEST_DEADLINE_MS: '60000',
    },
    [keyRecord(bounded, { name: 'bounded', maxPointsPerDay: 100 })],
  );

beforeAll(async () => {
  if (serverUrl === undefined) return;
  await sandbox.set({ unknownCustomer: 'register', latencyMs: 40 });
  const url = await createPreparedDatabase();
  replicas = await Promise.all([start(url), start(url)]);
});

afterAll(async () => {
  await Promise.all(replicas.map((one) => one.stop()));
});

const mobile = (customer: number): { type: string; value: string }[] => [
  { type: 'mobile', value: String(917700000000 + customer) },
];

async function change(
  replica: Service,
  customer: number,
  step: number,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const body = aCustomerUpdate({ identifiers: mobile(customer), firstName: `Step-${step}` });
  return replica.send('PATCH', '/v1/customers', body, headers);
}

/** @returns the type of the problem, or the outcome */
async function enroll(replica: Service, customer: number): Promise<string> {
  const body = anEnrollment({ identifiers: mobile(customer), loyaltyPoints: 30 });
  const headers = { Authorization: `Bearer ${bounded}`, 'Idempotency-Key': randomUUID() };
  const { json } = await replica.send('POST', '/v1/loyalty/enrollments', body, headers);
  return json.type ?? json.outcome;
}

describe('two replicas with one PostgreSQL', () => {
  it('never overlap for one customer, and share the calls of the minute', async (context) => {
    if (serverUrl === undefined) return context.skip('there is no PostgreSQL on this machine');
    const answers = await Promise.all(
      Array.from({ length: CUSTOMERS * 10 }, (_, index) => {
        const replica = replicas[index % 2];
        if (!replica) throw new Error('a replica did not start');
        return change(replica, index % CUSTOMERS, index);
      }),
    );
    const outcomes = new Map<string, number>();
    for (const { json } of answers) outcomes.set(json.outcome, (outcomes.get(json.outcome) ?? 0) + 1);
    expect([...outcomes.keys()].toSorted((one, other) => one.localeCompare(other))).toEqual(['updated']);

    const state = (await (await fetch(`${sandbox.url}/_sandbox/state`)).json()) as { overlaps: number };
    expect(state.overlaps).toBe(0);
    const calls = [...(await sandbox.calls('bulk')), ...(await sandbox.calls('token'))];
    expect(mostInAMinute(calls as unknown as JournalTimes[])).toBeLessThanOrEqual(CALLS_PER_MINUTE);
    const senders = replicas.map((one) =>
      one.program.events().filter(({ event }) => event === 'bulk-call.answered'),
    );
    expect(senders.every((sent) => sent.length > 3)).toBe(true);
  });

  it('count the points of a day together', async (context) => {
    if (serverUrl === undefined) return context.skip('there is no PostgreSQL on this machine');
    const answers = await Promise.all(
      replicas.flatMap((replica) => Array.from({ length: 10 }, (_, index) => enroll(replica, index))),
    );
    expect(answers.filter((one) => one === 'updated')).toHaveLength(3);
    expect(answers.filter((one) => one === '/problems/points-limit')).toHaveLength(17);
    expect(await sandbox.points()).toEqual([30, 30, 30]);
  });

  it('give the customers of a killed replica to the other one within seconds', async (context) => {
    if (serverUrl === undefined) return context.skip('there is no PostgreSQL on this machine');
    const [killed, other] = replicas;
    if (!killed || !other) throw new Error('a replica did not start');
    await sandbox.fault({ kind: 'latency', ms: 3000 });
    const lost = change(killed, 1, 1).catch(() => 'gone');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await killed.stop('SIGKILL');
    await lost;
    const answer = await change(other, 1, 2, { 'Request-Timeout': '30' });
    expect(answer).toMatchObject({ status: 200, json: { outcome: 'updated' } });
  });
});
