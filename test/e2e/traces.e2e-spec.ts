import { beforeEach, describe, expect, it } from 'vitest';
import { ATTRIBUTE_NAMES } from '../../src/observability/tracing/attributes.js';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { type ExportedSpan, useCollector } from '../harness/collector.js';
import { NDJSON, importsOf } from '../harness/imports.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const INTERNAL = 1;
const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

const sandbox = useSandbox();
beforeEach(async () => {
  await sandbox.reset();
  await sandbox.set({ unknownCustomer: 'register' });
});
const collector = useCollector();
const service = useService(sandbox, {
  get OTEL_EXPORTER_OTLP_ENDPOINT() {
    return `${collector.url}/`;
  },
  OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20of-the-collector,x-tenant=one',
  OTEL_SERVICE_NAME: 'updates',
  UPSTREAM_MAX_CONCURRENCY: '1',
  REQUEST_DEADLINE_MS: '30000',
});

let lastTrace = 0;

/** A trace of a caller, with the header that passes it on. */
function aTrace(flags = '01') {
  lastTrace += 1;
  const traceId = `a${lastTrace.toString(16).padStart(31, '0')}`;
  const spanId = `b${lastTrace.toString(16).padStart(15, '0')}`;
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-${flags}` } };
}

const update = (digits: number) => ({
  ...aCustomerUpdate({ identifiers: [{ type: 'mobile', value: String(919900100000 + digits) }] }),
});

/** The span that is exported last in a trace of a request. */
const isOver = (traceId: string) => (spans: ExportedSpan[]) =>
  spans.some((span) => span.traceId === traceId && span.kind === SERVER);

const spansOf = async (traceId: string): Promise<ExportedSpan[]> =>
  (await collector.spansWhen(isOver(traceId))).filter((span) => span.traceId === traceId);

const named = (spans: readonly ExportedSpan[], name: string): ExportedSpan[] =>
  spans.filter((span) => span.name === name);

const only = (spans: readonly ExportedSpan[], name: string): ExportedSpan => {
  const [first, ...others] = named(spans, name);
  if (!first || others.length > 0)
    throw new Error(`${name}: ${JSON.stringify(spans.map((one) => one.name))}`);
  return first;
};

const lineOf = (event: string, traceId: string) =>
  service.program.waitForEvent((line) => line['event'] === event && line['traceId'] === traceId);

describe('the trace of one update', () => {
  it('leads from the caller through each step to the vendor, and the log names it', async () => {
    const { traceId, spanId, headers } = aTrace();
    const sent = {
      ...headers,
      tracestate: 'caller=one',
      'Idempotency-Key': 'traced',
      'X-Request-Id': 'traced',
    };
    const { json } = await service.send('PATCH', '/v1/customers', update(1), sent);
    const spans = await spansOf(traceId);
    const server = only(spans, 'PATCH /v1/customers');
    expect(server).toMatchObject({
      service: 'updates',
      kind: SERVER,
      parentSpanId: spanId,
      traceState: 'caller=one',
      attributes: {
        'http.request.method': 'PATCH',
        'http.route': '/v1/customers',
        'http.response.status_code': 200,
        'meniscus.request.id': 'traced',
        'meniscus.principal': 'api-key:test',
        'meniscus.outcomes.updated': 1,
      },
    });
    for (const name of ['idempotency', 'prepare', 'update', 'keep answer'])
      expect(only(spans, name)).toMatchObject({ kind: INTERNAL, parentSpanId: server.spanId });
    const traced = only(spans, 'update');
    expect(traced.attributes).toEqual({
      'meniscus.update.kind': 'customer',
      'meniscus.update.id': json.updateId,
      'meniscus.update.outcome': 'updated',
    });
    expect(traced.events.map(({ name }) => name)).toEqual(['sent', 'answered', 'classified']);
    expect(only(spans, 'wait').parentSpanId).toBe(traced.spanId);
    const call = only(spans, 'bulk call');
    expect(call).toMatchObject({ kind: INTERNAL, parentSpanId: traced.spanId });
    expect(call.links).toMatchObject([{ traceId, spanId: traced.spanId }]);
    expect(traced.links).toMatchObject([{ traceId, spanId: call.spanId }]);
    expect(only(spans, 'preflight').parentSpanId).toBe(call.spanId);

    const put = spans.filter(({ kind, name }) => kind === CLIENT && name === 'PUT /v2/bulk').at(-1);
    expect(put).toMatchObject({
      parentSpanId: call.spanId,
      attributes: {
        'http.request.method': 'PUT',
        'url.full': `${sandbox.url}/v2/bulk`,
        'server.address': '127.0.0.1',
        'http.response.status_code': 200,
      },
    });
    const [received] = await sandbox.calls('bulk');
    expect(received).toMatchObject({ traceparent: `00-${traceId}-${put?.spanId}-01` });

    expect(await lineOf('request.completed', traceId)).toMatchObject({ requestId: 'traced' });
    const logged = await lineOf('bulk-call.answered', traceId);
    expect(call.attributes).toMatchObject({ 'meniscus.call.id': logged['callId'] });
    expect(collector.requests[0]).toMatchObject({
      path: '/v1/traces',
      headers: { authorization: 'Bearer of-the-collector', 'x-tenant': 'one' },
    });
  });

  it('shows each attempt of a call, and the waits before', async () => {
    await service.send('PATCH', '/v1/customers', update(2));
    const { traceId, headers } = aTrace();
    await sandbox.fault({ kind: 'vendor-error', status: 503, code: 4001, message: 'unavailable', times: 1 });
    const { status } = await service.send('PATCH', '/v1/customers', update(2), headers);
    expect(status).toBe(200);
    const spans = await spansOf(traceId);
    const [refused, accepted] = named(spans, 'bulk call').toSorted((a, b) =>
      a.startTimeUnixNano.localeCompare(b.startTimeUnixNano),
    );
    expect(refused).toMatchObject({
      status: { code: ERROR },
      attributes: { 'meniscus.call.answer': 'not-processed' },
    });
    expect(accepted).toMatchObject({ attributes: { 'meniscus.call.answer': 'answered' } });
    const traced = only(spans, 'update');
    expect(traced.links).toHaveLength(2);
    expect(traced.events.map(({ name }) => name)).toContain('waits-for-retry');
    expect(named(spans, 'wait')).toHaveLength(2);
  });

  it('shows that a token was refused and another one fetched', async () => {
    await service.send('PATCH', '/v1/customers', update(3));
    await sandbox.expireTokens();
    const { traceId, headers } = aTrace();
    await service.send('PATCH', '/v1/customers', update(3), headers);
    const spans = await spansOf(traceId);
    const call = only(spans, 'bulk call');
    const below = spans.filter(({ kind, parentSpanId }) => kind === CLIENT && parentSpanId === call.spanId);
    const inOrder = below.toSorted((a, b) => a.startTimeUnixNano.localeCompare(b.startTimeUnixNano));
    expect(inOrder.map(({ name }) => name.replace(/ \/v3.*/, ' token'))).toEqual([
      'PUT /v2/bulk',
      'POST token',
      'PUT /v2/bulk',
    ]);
    expect(inOrder[0]).toMatchObject({
      status: { code: ERROR },
      attributes: { 'http.response.status_code': 401, 'error.type': '401' },
    });
  });

  it('ends with an outcome that is no success, and with the status of the response', async () => {
    const { traceId, headers } = aTrace();
    await sandbox.fault({ kind: 'status', status: 500, times: 100 });
    const { status } = await service.send('PATCH', '/v1/customers', update(4), {
      ...headers,
      'Request-Timeout': '1',
    });
    expect(status).toBeGreaterThanOrEqual(500);
    const spans = await spansOf(traceId);
    expect(only(spans, 'PATCH /v1/customers')).toMatchObject({
      status: { code: ERROR },
      attributes: { 'http.response.status_code': status, 'error.type': String(status) },
    });
    expect(only(spans, 'update')).toMatchObject({ status: { code: ERROR } });
  });
});

describe('a call that updates of several callers share', () => {
  it('is one span, linked to each of them, and each of them to it', async () => {
    await sandbox.set({ latencyMs: 400 });
    const before = service.send('PATCH', '/v1/customers', update(10), aTrace('00').headers);
    await sandbox.called();
    const traces = [aTrace(), aTrace(), aTrace()];
    const answers = await Promise.all(
      traces.map(({ headers }, index) => service.send('PATCH', '/v1/customers', update(11 + index), headers)),
    );
    await before;
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const spans: ExportedSpan[] = [];
    for (const { traceId } of traces) spans.push(...(await spansOf(traceId)));
    const call = only(spans, 'bulk call');
    expect(call.attributes['meniscus.call.updates']).toBe(3);
    const updates = traces.map(({ traceId }) =>
      only(
        spans.filter((span) => span.traceId === traceId),
        'update',
      ),
    );
    expect(updates.map(({ spanId }) => spanId)).toContain(call.parentSpanId);
    const linked = (call.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId }));
    expect(linked).toEqual(
      expect.arrayContaining(updates.map(({ traceId, spanId }) => ({ traceId, spanId }))),
    );
    expect(linked).toHaveLength(3);
    for (const { links } of updates)
      expect(links).toMatchObject([{ traceId: call.traceId, spanId: call.spanId }]);
  });

  it('has spans for 100 updates of a batch, and its links are bounded', async () => {
    const { traceId, headers } = aTrace();
    const customers = Array.from({ length: 150 }, (_, index) => update(1000 + index));
    const { status } = await service.send('POST', '/v1/customers/batch', { customers }, headers);
    expect(status).toBe(200);
    const spans = await spansOf(traceId);
    expect(named(spans, 'update')).toHaveLength(100);
    const server = only(spans, 'POST /v1/customers/batch');
    const calls = named(spans, 'bulk call');
    const linked = calls.flatMap(({ links = [] }) => links.map(({ spanId }) => spanId));
    expect(linked).toContain(server.spanId);
    expect(new Set(linked).size).toBe(101);
    expect(calls.reduce((sum, { attributes }) => sum + Number(attributes['meniscus.call.updates']), 0)).toBe(
      150,
    );
  });
});

describe('what is traced', () => {
  it.each([
    ['a caller does not record its trace', '00', {}],
    ['a probe', '01', { path: '/health/live' }],
  ])('is nothing where %s', async (_case, flags, { path = '/v1/updates/none' }: { path?: string }) => {
    const untraced = aTrace(flags);
    const traced = aTrace();
    await service.send('GET', path, undefined, untraced.headers);
    await service.send('GET', '/v1/updates/none', undefined, traced.headers);
    await spansOf(traced.traceId);
    expect(collector.spans().filter(({ traceId }) => traceId === untraced.traceId)).toEqual([]);
    // The caller finds the lines of its trace all the same.
    await lineOf('request.completed', untraced.traceId);
  });

  it.each([
    ['zeros', `00-${'0'.repeat(32)}-b000000000000001-01`],
    ['capitals', `00-${'A'.repeat(32)}-b000000000000001-01`],
    ['an unknown version', `ff-${'a'.repeat(32)}-b000000000000001-01`],
    ['no trace', 'asha@example.com'],
  ])('is a trace of its own where the caller sends %s', async (_case, traceparent) => {
    const requestId = `invalid-${traceparent.length}-${traceparent.charCodeAt(3)}`;
    const isOurs = ({ attributes }: ExportedSpan) => attributes['meniscus.request.id'] === requestId;
    await service.send('GET', '/v1/updates/none', undefined, { traceparent, 'X-Request-Id': requestId });
    const spans = await collector.spansWhen((some) => some.some(isOurs));
    const server = spans.find(isOurs);
    expect(server?.parentSpanId ?? '').toBe('');
    expect(traceparent).not.toContain(server?.traceId);
  });

  it('is a path only by its template, and calls only without their query', async () => {
    const unknown = aTrace();
    await service.send('GET', '/v1/nothing/919900100001', undefined, unknown.headers);
    expect(only(await spansOf(unknown.traceId), 'GET').attributes).not.toHaveProperty('http.route');

    const { traceId, headers } = aTrace();
    const parent = { identifier: { type: 'mobile', value: '919900100001' } };
    await service.send('POST', '/v1/hierarchy/children/search', { parent }, headers);
    const spans = await spansOf(traceId);
    const read = spans.find(({ kind, name }) => kind === CLIENT && name.startsWith('GET'));
    expect(String(read?.attributes['url.full'])).toMatch(/^http:\/\/127[^?]*$/);
  });

  it('is each chunk of an import, with its calls', async () => {
    const { upload, ended } = importsOf(() => service);
    const lines = Array.from({ length: 5 }, (_, index) => JSON.stringify(update(5000 + index)));
    const { json } = await upload('kind=customers', lines.join('\n'), NDJSON);
    await ended(json.id);
    const isChunk = ({ name, attributes }: ExportedSpan) =>
      name === 'import chunk' && attributes['meniscus.import.id'] === json.id;
    const spans = await collector.spansWhen((some) => some.some(isChunk));
    const chunk = spans.find(isChunk);
    const call = only(
      spans.filter(({ traceId }) => traceId === chunk?.traceId),
      'bulk call',
    );
    expect(call.links).toMatchObject([{ spanId: chunk?.spanId }]);
    expect(call.attributes['meniscus.call.updates']).toBe(5);
  });

  it('is nothing but what has a name on the list', () => {
    const spans = collector.spans();
    const names = spans.flatMap(({ attributes, events }) =>
      [attributes, ...events.map((event) => event.attributes)].flatMap((one) => Object.keys(one)),
    );
    expect(names.length).toBeGreaterThan(100);
    expect([...new Set(names)].filter((name) => !ATTRIBUTE_NAMES.has(name))).toEqual([]);
  });
});
