import type { BatchSpanProcessor, ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BoundedProcessor, CountingExporter, MAX_OPEN_SPANS, OpenSpans } from './bounded-export.js';
import { SpanLosses } from './span-losses.js';

const SPAN = {} as ReadableSpan;

let lost: Record<string, number>;
let passed: number;
let processor: BoundedProcessor;
let exporter: CountingExporter;
/** How the collector answers, as soon as a test says so. */
let answers: ((code: 0 | 1) => void)[];

beforeEach(() => {
  vi.useFakeTimers();
  lost = {};
  passed = 0;
  answers = [];
  const losses = new SpanLosses(() => undefined);
  vi.spyOn(losses, 'add').mockImplementation((count, because) => {
    lost[because] = (lost[because] ?? 0) + count;
  });
  const open = new OpenSpans(losses);
  const batches: Pick<BatchSpanProcessor, 'onEnd'> = { onEnd: () => (passed += 1) };
  const sending: Pick<SpanExporter, 'export'> = {
    export: (_spans, done) => answers.push((code) => done({ code })),
  };
  processor = new BoundedProcessor(open, batches as BatchSpanProcessor);
  exporter = new CountingExporter(open, sending as SpanExporter);
});
afterEach(() => vi.useRealTimers());

const end = (count: number): void => {
  for (let index = 0; index < count; index += 1) processor.onEnd(SPAN);
};

describe(BoundedProcessor, () => {
  it('passes spans on until so many wait for the collector, and then counts them as lost', () => {
    end(MAX_OPEN_SPANS + 3);
    expect(passed).toBe(MAX_OPEN_SPANS);
    expect(lost).toEqual({ 'queue-full': 3 });
  });

  it('has room again when the collector has answered, whatever it said', () => {
    end(MAX_OPEN_SPANS);
    exporter.export([SPAN, SPAN], () => undefined);
    end(1);
    answers[0]?.(0);
    end(3);
    expect(lost).toEqual({ 'queue-full': 2 });
    exporter.export([SPAN], () => undefined);
    answers[1]?.(1);
    end(1);
    expect(lost).toEqual({ 'queue-full': 2, 'not-accepted': 1 });
  });
});

describe(CountingExporter, () => {
  it('gives up a batch that the collector never answers, once', () => {
    const done = vi.fn<() => void>();
    end(1);
    exporter.export([SPAN], done);
    vi.advanceTimersByTime(60_000);
    expect(lost).toEqual({ 'not-accepted': 1 });
    answers[0]?.(0);
    expect(lost).toEqual({ 'not-accepted': 1 });
    expect(done).toHaveBeenCalledOnce();
  });
});
