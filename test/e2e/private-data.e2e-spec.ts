import { describe, expect, it } from 'vitest';
import { LOGGED_KEYS } from '../../src/observability/facts.js';
import { useCollector } from '../harness/collector.js';
import { privateValuesIn } from '../harness/private-values.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox();
const collector = useCollector();
const service = useService(sandbox, {
  get OTEL_EXPORTER_OTLP_ENDPOINT() {
    return collector.url;
  },
  // idempotency.e2e-spec.ts tests keys.
  REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: 'false',
  LOG_LEVEL: 'trace',
  UPSTREAM_TIMEOUT_MS: '500',
  REQUEST_DEADLINE_MS: '1500',
});

/** Values that occur nowhere else, so that each trace of them in a log is a leak. */
const PRIVATE = {
  name: 'Zaphodine',
  lastName: 'Beeblebroxova',
  mobile: '447700900123',
  email: 'zaphodine@heartofgold.example',
  externalId: 'EXT-PRIVATE-4711',
  card: 'card-private-0815',
  field: 'lives-in-a-lighthouse',
  push: 'push-token-a1b2c3d4',
};

const body = {
  identifiers: [
    { type: 'mobile', value: PRIVATE.mobile },
    { type: 'email', value: PRIVATE.email },
    { type: 'externalId', value: PRIVATE.externalId },
  ],
  cards: [{ number: PRIVATE.card, seriesCode: 'FleetCard1', statusLabel: 'ACTIVE' }],
  firstName: PRIVATE.name,
  lastName: PRIVATE.lastName,
  commChannels: [{ type: 'mobilePush', value: PRIVATE.push }],
  extendedFields: { city: PRIVATE.field },
  loyaltyType: 'loyalty',
};

describe('the log and the traces', () => {
  it('report every request once and no personal data, for every kind of request', async () => {
    const invalid = {
      ...body,
      identifiers: [{ type: PRIVATE.name, value: PRIVATE.mobile }],
      [PRIVATE.email]: 1,
    };
    const broken = JSON.stringify(body).slice(0, -3);
    const requests: [string, string, unknown?, Record<string, string>?][] = [
      ['PATCH', '/v1/customers', body],
      ['PATCH', '/v1/customers', invalid],
      ['PATCH', '/v1/customers', broken],
      ['PATCH', '/v1/customers?dryRun=true', body],
      ['PATCH', `/v1/customers?source=${PRIVATE.mobile}`, body],
      ['POST', '/v1/customers/batch', { customers: [body, body] }],
      ['POST', '/v1/customers/batch?onInvalid=skip', { customers: [invalid, body] }],
      ['GET', `/v1/customers/${PRIVATE.mobile}?email=${PRIVATE.email}`],
      ['PUT', '/v1/customers', body],
      ['PUT', '/v1/loyalty/membership', { identifiers: body.identifiers, loyaltyType: 'loyalty' }],
      [
        'POST',
        '/v1/loyalty/enrollments',
        { identifiers: body.identifiers, programs: [{ programId: 1016, loyaltyPoints: 5 }] },
      ],
      [
        'PUT',
        '/v1/hierarchy/associations',
        { identifiers: body.identifiers, loyaltyType: 'loyalty', roleCode: 'FA', childCustomers: [body] },
      ],
      [
        'PUT',
        '/v1/hierarchy/associations',
        {
          identifiers: [{ type: 'mobile', value: '919900000005' }],
          loyaltyType: 'loyalty',
          hierarchyCode: 'code-association2',
          roleCode: 'FC',
          parentCustomer: { identifiers: body.identifiers, firstName: PRIVATE.name },
        },
      ],
      [
        'POST',
        '/v1/hierarchy/children/search',
        { parent: { identifier: { type: 'mobile', value: PRIVATE.mobile } } },
      ],
      [
        'POST',
        '/v1/hierarchy/children/search',
        { parent: { identifier: { type: 'email', value: PRIVATE.email } } },
      ],
      ['PATCH', '/v1/customers', body, { 'X-Request-Id': PRIVATE.mobile }],
      ['PATCH', '/v1/customers', body, { 'X-Request-Id': PRIVATE.email }],
      [
        'PATCH',
        '/v1/customers',
        body,
        { 'User-Agent': PRIVATE.name, Authorization: `Bearer ${PRIVATE.push}` },
      ],
    ];
    for (const [method, path, sent, headers] of requests) await service.send(method, path, sent, headers);

    // The vendor's messages quote personal data too.
    const quote = `No customer ${PRIVATE.name} ${PRIVATE.lastName} <${PRIVATE.email}> +44 7700 900123 ${PRIVATE.card}`;
    const faults = [
      { kind: 'item-error', match: { type: 'mobile', value: PRIVATE.mobile }, code: 8015, message: quote },
      { kind: 'item-error', match: { type: 'mobile', value: PRIVATE.mobile }, code: 777777, message: quote },
      { kind: 'vendor-error', status: 400, code: 400, message: quote },
      { kind: 'status', status: 400, body: quote, contentType: 'text/html' },
      { kind: 'status', status: 200, body: quote, contentType: 'application/json' },
      { kind: 'html', on: 'token', status: 500 },
      { kind: 'hang' },
      { kind: 'reset-after' },
    ];
    await sandbox.set({ unknownCustomer: 'register' });
    const answers = [];
    for (const fault of faults) {
      await sandbox.fault(fault);
      answers.push(await service.send('PATCH', '/v1/customers', body));
    }
    const marker = await service.send('GET', '/health/live', undefined, { 'X-Request-Id': 'the-last-one' });
    expect(marker.headers.get('x-request-id')).toBe('the-last-one');
    await service.program.waitForEvent(
      ({ requestId, event }) => requestId === 'the-last-one' && event === 'request.completed',
    );

    const last = 'probe-of-traces';
    await service.send('GET', '/v1/updates/none', undefined, { 'X-Request-Id': last });
    const spans = await collector.spansWhen((some) =>
      some.some(({ attributes }) => attributes['meniscus.request.id'] === last),
    );
    expect(spans.filter(({ kind }) => kind === 2)).toHaveLength(requests.length + faults.length + 1);
    expect(privateValuesIn(collector.texts.join('\n'))).toEqual([]);

    const log = service.program.output() + collector.texts.join('\n');
    const openMetrics = { Accept: 'application/openmetrics-text' };
    const metrics = await service.send('GET', '/metrics', undefined, openMetrics);
    expect(metrics.text).toContain('meniscus_requests_total');
    expect(metrics.text).toContain('request_id=');
    for (const value of [...Object.values(PRIVATE), '7700 900123', 'sandbox-secret']) {
      expect(log).not.toContain(value);
      expect(metrics.text).not.toContain(value);
    }
    expect(privateValuesIn(metrics.text)).toEqual([]);
    const keys = service.program.events().flatMap((event) => (event['audit'] ? [] : Object.keys(event)));
    const ofPino = ['level', 'time', 'service', 'msg'];
    expect([...new Set(keys)].filter((key) => !LOGGED_KEYS.has(key)).toSorted()).toEqual(ofPino.toSorted());
    for (const event of service.program.events())
      expect(JSON.stringify(event)).not.toMatch(/"[\w-]{20,}\.[\w-]{20,}"/);

    const problems = answers.filter(({ status }) => status >= 400);
    expect(problems.length).toBeGreaterThanOrEqual(4);
    for (const { text } of problems) {
      for (const value of Object.values(PRIVATE)) expect(text).not.toContain(value);
    }
    expect(problems.find(({ json }) => json.code === 777777)?.json).toMatchObject({
      status: 422,
      detail: 'No customer … … <…> … …',
    });

    const access = service.program
      .events()
      .filter(({ event }) => event === 'request.completed' || event === 'request.aborted');
    // After those, one waits for the traces, and the last one reads the metrics.
    expect(access.filter(({ endpoint }) => endpoint !== '/metrics')).toHaveLength(
      requests.length + faults.length + 2,
    );
    for (const event of access) {
      expect(event).toMatchObject({
        requestId: expect.stringMatching(/./) as string,
        method: expect.stringMatching(/^[A-Z]+$/) as string,
        status: expect.any(Number) as number,
        durationMs: expect.any(Number) as number,
      });
    }
  });

  it('logs a code that docs/vendor-contract.md does not list once', () => {
    const reported = service.program.events().filter(({ event }) => event === 'vendor-code.unknown');
    expect(reported).toMatchObject([{ codes: [777777] }]);
  });
});

describe(privateValuesIn, () => {
  it.each([
    '919900000001',
    'asha.rao@example.com',
    'Asha',
    `mns_${'a'.repeat(43)}`,
    'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJh',
    'sandbox-secret',
  ])('finds private values in a log: %s', (value) => {
    expect(privateValuesIn(`{"event":"request.completed","because":"${value}"}`)).toContain(value);
  });

  it('does not report times, paths and ids', () => {
    const event = {
      time: 1795525709618,
      at: 'file:///app/node_modules/@nestjs/core',
      principal: 'api-key:test',
    };
    expect(privateValuesIn(JSON.stringify(event))).toEqual([]);
  });
});
