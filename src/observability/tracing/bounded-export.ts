import type { BatchSpanProcessor, ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { SpanLosses } from './span-losses.js';

/** The ended spans that wait or are on their way, about 4 MB. Later ones are lost. */
export const MAX_OPEN_SPANS = 4096;

/** Longer than the exporter takes, unless the collector sends its answer a byte at a time. */
const EXPORT_WITHIN_MS = 12_000;

type ExportCallback = Parameters<SpanExporter['export']>[1];
type ResultCode = Parameters<ExportCallback>[0]['code'];

const SUCCESS = 0 as ResultCode;
const FAILED = 1 as ResultCode;

/** Counts the spans between their end and the collector's answer, so that their number is bounded and none is lost unseen. */
export class OpenSpans {
  private count = 0;

  constructor(private readonly losses: SpanLosses) {}

  /** @returns whether there is room for one more */
  take(): boolean {
    if (this.count >= MAX_OPEN_SPANS) {
      this.losses.add(1, 'queue-full');
      return false;
    }
    this.count += 1;
    return true;
  }

  end(count: number, areAccepted: boolean): void {
    this.count -= count;
    if (!areAccepted) this.losses.add(count, 'not-accepted');
  }
}

/** Passes ended spans to a processor as long as there is room. */
export class BoundedProcessor implements SpanProcessor {
  constructor(
    private readonly open: OpenSpans,
    private readonly batches: BatchSpanProcessor,
  ) {}

  onStart(): void {
    // Spans are exported when they end.
  }

  onEnd(span: ReadableSpan): void {
    if (this.open.take()) this.batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.batches.shutdown();
  }
}

/** Passes batches to an exporter, and notes how each ended; one that does not end in time is lost. */
export class CountingExporter implements SpanExporter {
  constructor(
    private readonly open: OpenSpans,
    private readonly exporter: SpanExporter,
  ) {}

  export(spans: ReadableSpan[], done: ExportCallback): void {
    let isOver = false;
    const end: ExportCallback = (result) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      this.open.end(spans.length, result.code === SUCCESS);
      done(result);
    };
    const timer = setTimeout(
      () => end({ code: FAILED, error: new Error('no answer') }),
      EXPORT_WITHIN_MS,
    ).unref();
    this.exporter.export(spans, end);
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }
}
