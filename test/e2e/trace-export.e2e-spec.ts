import { beforeAll, describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { useCollector } from '../harness/collector.js';
import { freePort } from '../harness/free-port.js';
import { type Service, startService } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';

const sandbox = useSandbox();
beforeAll(() => sandbox.set({ unknownCustomer: 'register' }));
const collector = useCollector();

const SAMPLED = '01';
const UNSAMPLED = '00';
let lastTrace = 0;

/** Sends an update in a trace of a caller, and returns the id of the trace. */
async function sendTraced(service: Service, flags: string): Promise<string> {
  lastTrace += 1;
  const traceId = `c${lastTrace.toString(16).padStart(31, '0')}`;
  const { status } = await service.send('PATCH', '/v1/customers', aCustomerUpdate(), {
    traceparent: `00-${traceId}-b000000000000001-${flags}`,
  });
  expect(status).toBe(200);
  return traceId;
}

async function withService(
  environment: Record<string, string>,
  use: (service: Service) => Promise<void>,
): Promise<void> {
  const service = await startService(sandbox.url, environment);
  try {
    await use(service);
  } finally {
    await service.stop();
  }
}

const tracesOfCollector = (): Set<string> => new Set(collector.spans().map(({ traceId }) => traceId));

describe('parentbased_traceidratio with 0', () => {
  it('exports what callers record, and nothing of other callers', async () => {
    const sent: Record<string, string> = {};
    await withService(
      {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/of-traces`,
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0',
      },
      async (service) => {
        expect((await service.send('PATCH', '/v1/customers', aCustomerUpdate())).status).toBe(200);
        expect((await sandbox.calls('bulk')).at(-1)).toMatchObject({ traceparent: null });
        for (const flags of [UNSAMPLED, SAMPLED]) sent[flags] = await sendTraced(service, flags);
      },
    );
    // The service has stopped, and has exported before that what there was.
    expect(tracesOfCollector()).toEqual(new Set([sent[SAMPLED]]));
    expect(new Set(collector.requests.map(({ path }) => path))).toEqual(new Set(['/of-traces']));
  });
});

describe('without an endpoint', () => {
  it('nothing is exported and the vendor sees no trace, but the log has the trace of the caller', async () => {
    await withService({}, async (service) => {
      const traceId = await sendTraced(service, SAMPLED);
      const line = await service.program.waitForEvent(({ event }) => event === 'request.completed');
      expect(line).toMatchObject({ traceId, endpoint: '/v1/customers' });
      expect((await sandbox.calls('bulk')).at(-1)).toMatchObject({ traceparent: null });
      expect(tracesOfCollector()).not.toContain(traceId);
    });
  });
});

describe('a collector that does not work', () => {
  it.concurrent.each(['refuses', 'fails', 'hangs'])(
    'and %s costs no request, and no more than a moment at the end; losses are reported',
    async (behavior) => {
      const refusing = `http://127.0.0.1:${await freePort()}`;
      const service = await startService(sandbox.url, {
        OTEL_EXPORTER_OTLP_ENDPOINT: behavior === 'refuses' ? refusing : `${collector.url}/${behavior}`,
      });
      try {
        for (let round = 0; round < 20; round += 1) {
          const sent = Array.from({ length: 5 }, () => service.send('GET', '/v1/nothing'));
          const answers = await Promise.all(sent);
          expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
        }
        await sendTraced(service, SAMPLED);
        const lost = await service.program.waitForEvent(({ event }) => event === 'traces.lost');
        expect(lost).toMatchObject({ because: 'not-accepted', level: 40 });
        const { text } = await service.send('GET', '/metrics');
        const counted = /^meniscus_trace_spans_lost_total\{reason="not-accepted"\} (\d+)$/m.exec(text);
        expect(Number(counted?.[1])).toBeGreaterThan(0);
        await sendTraced(service, SAMPLED);
        expect(await service.stop()).toBe(0);
        const reports = service.program.events().filter(({ event }) => event === 'traces.lost');
        expect(reports.length).toBeLessThanOrEqual(2);
      } finally {
        await service.stop();
      }
    },
  );
});
