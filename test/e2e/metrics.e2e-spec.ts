import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/observability/metrics/metric-catalog.js';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { NDJSON, importsOf } from '../harness/imports.js';
import { parseMetrics, valueOf } from '../harness/parse-metrics.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';
import { keyRecord } from '../harness/service.js';
import { makeKey } from '../../src/security/api-key.js';

const PROMTOOL = '/usr/bin/promtool';
const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';

const WITHOUT_SCOPE = makeKey();

const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(
  sandbox,
  {
    UPSTREAM_TIMEOUT_MS: '500',
    REQUEST_DEADLINE_MS: '1500',
    UPSTREAM_CALLS_PER_MINUTE: '100000',
    REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: 'false',
    METRICS_PORT: '0',
  },
  [keyRecord(WITHOUT_SCOPE, { name: 'without-scope', scopes: ['customers:write'] })],
);
const { upload, ended } = importsOf(() => service);

/** Reads the metrics at their own port, where a busy machine does not refuse it. */
async function scrape(): Promise<string> {
  const listening = await service.program.waitForEvent(({ event }) => event === 'metrics.listening');
  return (await fetch(`${String(listening['url'])}/metrics`)).text();
}
const update = (body: unknown = aCustomerUpdate(), headers: Record<string, string> = {}) =>
  service.send('PATCH', '/v1/customers', body, headers);
const other = (n: number) => ({
  ...aCustomerUpdate({ identifiers: [{ type: 'mobile', value: `91990000000${n}` }] }),
});
const batch = (customers: unknown[]) => service.send('POST', '/v1/customers/batch', { customers });

type Labels = Record<string, string>;

describe('GET /metrics', () => {
  it('is plain text that holds every metric of the catalog, each by the rules of the format', async () => {
    await update();
    const answer = await service.send('GET', '/metrics');
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = parseMetrics(answer.text);
    expect([...families.keys()].toSorted()).toEqual(Object.keys(METRICS).toSorted());
    const empty = [...families.values()].filter(({ samples }) => samples.length === 0);
    // Nothing has been refused yet.
    expect(empty.map(({ name }) => name).filter((name) => !/refused|failures|faults/.test(name))).toEqual([]);
  });

  it.each([
    ['text/plain', ['text/plain; version=0.0.4; charset=utf-8', false]],
    [OPEN_METRICS, ['application/openmetrics-text; version=1.0.0; charset=utf-8', true]],
    ['*/*', ['text/plain; version=0.0.4; charset=utf-8', false]],
    ['application/openmetrics-text;q=0.1,text/plain', ['text/plain; version=0.0.4; charset=utf-8', false]],
  ] as const)('is in the format that the client prefers, in turns: %s', async (accept, [type, isOpen]) => {
    for (let round = 0; round < 2; round += 1) {
      const answer = await service.send('GET', '/metrics', undefined, { Accept: accept });
      expect(answer.headers.get('content-type')).toBe(type);
      parseMetrics(answer.text, isOpen);
    }
  });

  it('names a request and its trace as exemplar in OpenMetrics, and nothing else', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await update(aCustomerUpdate(), { 'X-Request-Id': `r${'x'.repeat(127)}` });
    await update(aCustomerUpdate(), {
      'X-Request-Id': 'the-exemplar',
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    });
    const { text } = await service.send('GET', '/metrics', undefined, { Accept: OPEN_METRICS });
    const exemplars = [...parseMetrics(text, true).values()].flatMap(({ samples }) =>
      samples.flatMap(({ exemplar }) => (exemplar ? [exemplar] : [])),
    );
    expect(exemplars).toContainEqual({ trace_id: traceId, request_id: 'the-exemplar' });
    const labels = new Set(exemplars.flatMap((exemplar) => Object.keys(exemplar)));
    expect([...labels].toSorted()).toEqual(['request_id', 'trace_id']);
    expect(text).not.toContain('xxxx');
  });

  it.skipIf(!existsSync(PROMTOOL))('has nothing that promtool finds fault with', async () => {
    const { status, stderr } = spawnSync(PROMTOOL, ['check', 'metrics'], {
      input: await scrape(),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
  if (!existsSync(PROMTOOL)) console.warn('PROMTOOL DOES NOT CHECK THE METRICS. INSTALL PROMETHEUS.');

  it('demands the scope ops:read', async () => {
    const anonymous = await fetch(`${service.url}/metrics`);
    expect(anonymous.status).toBe(401);
    const headers = { Authorization: `Bearer ${WITHOUT_SCOPE}` };
    expect(await service.send('GET', '/metrics', undefined, headers)).toMatchObject({ status: 403 });
  });
});

/** Makes a fact happen; it must move its metric. */
const FACTS: [string, Labels, () => Promise<unknown>][] = [
  [
    'meniscus_requests_total',
    { endpoint: '/v1/customers', method: 'PATCH', status: '200', principal: 'api-key:test' },
    () => update(),
  ],
  [
    'meniscus_requests_total',
    { endpoint: 'none', status: '404', principal: 'none' },
    () => service.send('GET', '/v1/919900000001'),
  ],
  ['meniscus_request_duration_seconds_count', { endpoint: '/v1/customers' }, () => update()],
  ['meniscus_refused_requests_total', { problem: 'invalid-request' }, () => update({})],
  ['meniscus_settled_updates_total', { outcome: 'updated' }, () => update()],
  [
    'meniscus_settled_updates_total',
    { outcome: 'rejected' },
    async () => {
      await sandbox.fault({
        kind: 'item-error',
        match: { type: 'mobile', value: '919900000001' },
        code: 8015,
        message: 'x',
      });
      await update();
    },
  ],
  ['meniscus_bulk_calls_total', { answer: 'answered' }, () => update()],
  [
    'meniscus_bulk_calls_total',
    { answer: 'not-processed' },
    async () => {
      await sandbox.fault({ kind: 'status', status: 429 });
      await update();
    },
  ],
  [
    'meniscus_bulk_call_failures_total',
    { reason: 'connection-lost' },
    async () => {
      await sandbox.fault({ kind: 'reset-after' });
      await update();
    },
  ],
  [
    'meniscus_repeated_bulk_calls_total',
    {},
    async () => {
      await sandbox.fault({ kind: 'status', status: 503 });
      await update();
    },
  ],
  ['meniscus_bulk_call_updates_sum', {}, () => batch([other(1), other(2), other(3)])],
  ['meniscus_bulk_call_duration_seconds_count', {}, () => update()],
  [
    'meniscus_isolations_total',
    { step: 'begun' },
    async () => {
      await sandbox.fault({ kind: 'vendor-error', status: 400, code: 400, message: 'x' });
      await batch([other(1), other(2)]);
    },
  ],
  [
    'meniscus_isolation_calls_total',
    {},
    async () => {
      await sandbox.fault({ kind: 'vendor-error', status: 400, code: 400, message: 'x' });
      await batch([other(1), other(2)]);
    },
  ],
  [
    'meniscus_children_calls_total',
    {},
    () =>
      service.send('POST', '/v1/hierarchy/children/search', {
        parent: { identifier: { type: 'mobile', value: '919900000001' } },
      }),
  ],
  [
    'meniscus_token_fetches_total',
    { result: 'fetched' },
    async () => {
      await sandbox.expireTokens();
      await update();
    },
  ],
  [
    'meniscus_idempotency_replays_total',
    { of: 'request' },
    async () => {
      const key = { 'Idempotency-Key': 'replayed' };
      await update(aCustomerUpdate(), key);
      await update(aCustomerUpdate(), key);
    },
  ],
  [
    'meniscus_idempotency_conflicts_total',
    { of: 'request', conflict: 'reused' },
    async () => {
      const key = { 'Idempotency-Key': 'reused' };
      await update(aCustomerUpdate(), key);
      await update(aCustomerUpdate({ firstName: 'Ben' }), key);
    },
  ],
  [
    'meniscus_idempotency_replays_total',
    { of: 'item' },
    async () => {
      const item = { ...aCustomerUpdate(), idempotencyKey: 'an-item' };
      await batch([item]);
      await batch([item]);
    },
  ],
  [
    'meniscus_idempotency_conflicts_total',
    { of: 'item', conflict: 'reused' },
    async () => {
      await batch([{ ...aCustomerUpdate(), idempotencyKey: 'an-item-again' }]);
      await batch([{ ...aCustomerUpdate({ firstName: 'Ben' }), idempotencyKey: 'an-item-again' }]);
    },
  ],
  ['meniscus_import_lines_accepted_total', {}, () => importOne()],
  ['meniscus_import_lines_total', { outcome: 'updated' }, () => importOne()],
  [
    'meniscus_database_statement_duration_seconds_count',
    {},
    () => update(aCustomerUpdate(), { 'Idempotency-Key': 'stored' }),
  ],
  ['process_cpu_seconds_total', {}, () => update()],
];

async function importOne(): Promise<void> {
  const { json } = await upload('kind=customers', JSON.stringify(aCustomerUpdate()), NDJSON);
  await ended(String(json.id));
}

describe('a counter', () => {
  it.each(FACTS)('moves when its fact happens: %s %j', async (name, labels, happen) => {
    const before = valueOf(await scrape(), name, labels) ?? 0;
    await happen();
    expect(await until(async () => (valueOf(await scrape(), name, labels) ?? 0) > before)).toBe(true);
  });
});

describe('a gauge', () => {
  it('reports pending updates, and how long the oldest one waits', async () => {
    await sandbox.fault({ kind: 'latency', ms: 400, times: 1 });
    const answer = update();
    const interactive = { class: 'interactive' };
    await until(async () => valueOf(await scrape(), 'meniscus_pending_updates', interactive) === 1);
    const text = await scrape();
    expect(valueOf(text, 'meniscus_oldest_pending_update_age_seconds', interactive)).toBeGreaterThan(0);
    expect(valueOf(text, 'meniscus_pending_updates', { class: 'background' })).toBe(0);
    await answer;
    expect(valueOf(await scrape(), 'meniscus_pending_updates', interactive)).toBe(0);
  });

  it('reports the calls left, the learned pace, the learned size and the budget of retries', async () => {
    const before = await scrape();
    await update();
    await sandbox.fault({ kind: 'status', status: 429 });
    await update();
    await sandbox.fault({ kind: 'vendor-error', status: 400, code: 1060, message: 'x' });
    await batch(Array.from({ length: 8 }, (_, n) => other(n)));
    const after = await scrape();
    const value = (name: string, labels: Labels = {}) => valueOf(after, name, labels) ?? NaN;
    expect(value('meniscus_calls_left')).toBeLessThan(valueOf(before, 'meniscus_calls_left') ?? 0);
    expect(value('meniscus_learned_calls_per_minute')).toBeLessThan(100_000);
    expect(value('meniscus_max_call_updates', { kind: 'customer' })).toBeLessThan(100);
    expect(value('meniscus_max_call_updates', { kind: 'association' })).toBe(100);
    expect(value('meniscus_max_call_bytes', { kind: 'customer' })).toBe(1_000_000);
    expect(value('meniscus_retry_budget_calls')).toBeGreaterThan(0);
  });

  it('reports credits in doubt, and the age of the oldest one', async () => {
    await sandbox.fault({ kind: 'reset-after' });
    expect(
      await service.send('POST', '/v1/loyalty/enrollments', anEnrollment({ loyaltyPoints: 5 })),
    ).toMatchObject({ status: 504 });
    // What is stored is read every 5 s at most.
    await until(async () => (valueOf(await scrape(), 'meniscus_credits_in_doubt') ?? 0) > 0);
    expect(valueOf(await scrape(), 'meniscus_oldest_credit_in_doubt_age_seconds')).toBeGreaterThan(0);
    await importOne();
    const completed = { state: 'completed' };
    expect(await until(async () => (valueOf(await scrape(), 'meniscus_imports', completed) ?? 0) > 0)).toBe(
      true,
    );
  });

  it('reports all states of a kind, and that one of them holds', async () => {
    await update();
    const text = await scrape();
    const states = (name: string): Labels[] =>
      (parseMetrics(text).get(name)?.samples ?? [])
        .filter(({ value }) => value === 1)
        .map(({ labels }) => labels);
    expect(states('meniscus_breaker_state')).toEqual([{ state: 'closed' }]);
    expect(states('meniscus_credentials_state')).toEqual([{ state: 'accepted' }]);
    expect(valueOf(text, 'meniscus_database_up')).toBe(1);
    expect(valueOf(text, 'meniscus_build_info', { node: process.version, version: '0.1.0' })).toBe(1);
    expect(valueOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(50_000_000);
    expect(valueOf(text, 'process_start_time_seconds')).toBeGreaterThan(1_700_000_000);
  });
});
