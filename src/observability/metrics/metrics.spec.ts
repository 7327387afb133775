import { describe, expect, it } from 'vitest';
import { MetricsText } from './exposition.js';
import { Metrics } from './metrics.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe(Metrics, () => {
  it.each([
    ['the request', { requestId: 'one' }, 'request_id="one"'],
    [
      'the request and its trace',
      { requestId: 'one', traceId: TRACE },
      `trace_id="${TRACE}",request_id="one"`,
    ],
    [
      'the trace alone beside a long id',
      { requestId: 'x'.repeat(128), traceId: TRACE },
      `trace_id="${TRACE}"`,
    ],
    ['nothing where no id fits', { requestId: 'x'.repeat(128) }, undefined],
    ['as much as OpenMetrics allows', { requestId: 'x'.repeat(118) }, `request_id="${'x'.repeat(118)}"`],
    ['no more than that', { requestId: 'x'.repeat(119) }, undefined],
  ])('has as exemplar %s', async (_what, ids, labels) => {
    const metrics = new Metrics();
    metrics.observe('meniscus_request_duration_seconds', { method: 'GET', endpoint: '/' }, 0.2, ids);

    const { body } = await new MetricsText(metrics).scrape('application/openmetrics-text');

    expect(/ # \{(.*)\}/.exec(body)?.[1]).toBe(labels);
  });
});
