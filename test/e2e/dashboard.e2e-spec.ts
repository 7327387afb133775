import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type TestContext, afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { type Panel, readPanels } from '../harness/dashboard.js';
import { NDJSON, importsOf } from '../harness/imports.js';
import { type Prometheus, hasPrometheus, startPrometheus } from '../harness/prometheus.js';
import type { Answer } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const isInstalled = hasPrometheus();

const sandbox = useSandbox();
const service = useService(sandbox, {
  METRICS_PORT: '0',
  UPSTREAM_CALLS_PER_MINUTE: '6000',
  REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: 'false',
});
const { upload, ended } = importsOf(() => service);
let prometheus: Prometheus | undefined;

beforeAll(async () => {
  if (!isInstalled) return;
  const listening = await service.program.waitForEvent(({ event }) => event === 'metrics.listening');
  prometheus = await startPrometheus(new URL(String(listening['url'])).host);
});

afterAll(async () => prometheus?.stop());

beforeEach((context: TestContext) => {
  if (!isInstalled) context.skip('there is no Prometheus on this machine');
});

const customer = (n: number) =>
  aCustomerUpdate({ identifiers: [{ type: 'mobile', value: String(918800000000 + n) }] });
const patch = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  service.send('PATCH', '/v1/customers', body, headers);

/** Sends requests of all kinds for some seconds. None fails. */
async function load(seconds: number): Promise<void> {
  const endsAt = Date.now() + seconds * 1000;
  const { json } = await upload(
    'kind=customers',
    Array.from({ length: 50 }, (_, n) => JSON.stringify(customer(n))).join('\n'),
    NDJSON,
  );
  for (let turn = 0; Date.now() < endsAt; turn += 1) {
    const key = { 'Idempotency-Key': randomUUID() };
    const batch = { customers: Array.from({ length: 10 }, (_, n) => customer(10 * turn + n)) };
    const children = { parent: { identifier: { type: 'mobile', value: '919900000001' } } };
    // oxlint-disable-next-line no-await-in-loop -- one turn after the other is the rate of the load
    const answers = await Promise.all([
      patch(customer(turn)),
      patch(customer(turn + 1000), key),
      service.send('POST', '/v1/customers/batch', batch),
      service.send('POST', '/v1/loyalty/enrollments', anEnrollment({ loyaltyPoints: 5 })),
      service.send('POST', '/v1/hierarchy/children/search', children),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    // oxlint-disable-next-line no-await-in-loop -- the repetition gets the stored answer
    await patch(customer(turn + 1000), key);
    // oxlint-disable-next-line no-await-in-loop -- likewise
    await pause(100);
  }
  await ended(String(json.id));
}

/** Makes what only goes wrong now and then: mistakes of callers, failures of the vendor, and overload. */
async function breakThings(): Promise<void> {
  await patch({}); // a mistake
  await sandbox.fault({ kind: 'status', status: 429 });
  await patch(customer(1));
  await sandbox.fault({ kind: 'reset-after' });
  await patch(customer(2));
  await sandbox.fault({ kind: 'latency', ms: 3000 });
  const slow = patch(customer(3));
  await sandbox.called();
  await patch(customer(3), { 'Request-Timeout': '0.5' });
  await slow;
}

const SECONDS_OF_A_RATE = 6;

/** Returns the panels with a query that returns no number at any second of this time. */
async function emptyPanels(panels: readonly Panel[], from: number): Promise<string[]> {
  const empty: string[] = [];
  for (const { title, queries } of panels) {
    for (const query of queries) {
      const asked = query
        .replaceAll('$__rate_interval', `${SECONDS_OF_A_RATE}s`)
        .replaceAll('$instance', '.*');
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as the machine is busy enough
      const series = (await prometheus?.range(asked, from, Date.now() / 1000)) ?? [];
      const numbers = series.flatMap(({ values }) => values).filter(([, value]) => value !== 'NaN');
      if (numbers.length === 0) empty.push(`${title}: ${query}`);
    }
  }
  return empty;
}

describe('the dashboard, from a real Prometheus', () => {
  const panels = readPanels();
  /** These say so in their description. */
  const onlyAtTimes = panels.filter(({ description }) => description.startsWith('Only'));
  const usual = panels.filter((panel) => !onlyAtTimes.includes(panel));

  it('shows data in every panel under load, except in those that need a fault', async () => {
    const from = Date.now() / 1000;
    await load(12);
    expect(panels.length).toBeGreaterThan(40);
    expect(
      await until(
        () => emptyPanels(usual, from),
        (empty) => empty.length === 0,
      ),
    ).toEqual([]);
    const empty = new Set((await emptyPanels(onlyAtTimes, from)).map((one) => one.split(': ')[0]));
    expect(empty).toEqual(new Set(onlyAtTimes.map(({ title }) => title)));
  });

  it('shows data in the others once the fault is there', async () => {
    const from = Date.now() / 1000;
    await breakThings();
    // A counter that begins with a fault has a rate from its second fact on.
    await pause(1500);
    await breakThings();
    expect(
      await until(
        () => emptyPanels(onlyAtTimes, from),
        (empty) => empty.length === 0,
      ),
    ).toEqual([]);
  });

  it('has beside it alerts that Prometheus can evaluate', async () => {
    const rules = await until(
      async () => (await prometheus?.rules()) ?? {},
      (found) => !Object.values(found).includes('unknown'),
    );
    expect(Object.keys(rules).length).toBeGreaterThan(15);
    expect(Object.entries(rules).filter(([, health]) => health !== 'ok')).toEqual([]);
  });
});
