import { describe, expect, it } from 'vitest';
import type { Settings } from '../../config/settings.js';
import { startOpenTelemetry } from './open-telemetry.js';
import { SpanLosses } from './span-losses.js';

/** Callers by what they say of their own spans. */
const CALLERS = {
  records: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', isSampled: true },
  'records not': {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    isSampled: false,
  },
  'does not say': undefined,
};

function sourceOf(sampler: string, ratio?: string) {
  const settings: Partial<Settings> = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    OTEL_SERVICE_NAME: 'meniscus',
    OTEL_TRACES_SAMPLER: sampler as Settings['OTEL_TRACES_SAMPLER'],
    ...(ratio !== undefined && { OTEL_TRACES_SAMPLER_ARG: ratio }),
  };
  return startOpenTelemetry(settings as Settings, new SpanLosses(() => undefined));
}

describe(startOpenTelemetry, () => {
  it.each([
    ['parentbased_always_on', undefined, ['records', 'does not say']],
    ['parentbased_always_off', undefined, ['records']],
    ['parentbased_traceidratio', undefined, ['records', 'does not say']],
    ['parentbased_traceidratio', '0', ['records']],
    ['parentbased_traceidratio', '1.0', ['records', 'does not say']],
    ['traceidratio', undefined, ['records', 'records not', 'does not say']],
    ['traceidratio', '0', []],
    ['always_on', undefined, ['records', 'records not', 'does not say']],
    ['always_off', undefined, []],
  ])('samples by %s with %s', (sampler, ratio, recorded) => {
    const source = sourceOf(sampler, ratio);
    const seen = Object.entries(CALLERS).filter(
      ([, caller]) => source.start('GET', {}, caller) !== undefined,
    );
    expect(seen.map(([caller]) => caller)).toEqual(recorded);
  });

  it('continues the trace of the caller, whatever its tracestate', () => {
    const source = sourceOf('always_on');
    for (const tracestate of ['a=b', 'not a state', 'x'.repeat(5000), '']) {
      const span = source.start('GET', {}, CALLERS.records, tracestate);
      expect(span?.traceparent).toMatch(
        /^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[\da-f]{16}-01$/,
      );
      expect(span?.startChild('prepare').traceId).toBe(CALLERS.records.traceId);
    }
  });
});
