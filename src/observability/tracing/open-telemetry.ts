import {
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  createTraceState,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { readOtlpHeaders, tracesUrl } from '../../config/otlp-settings.js';
import type { Settings } from '../../config/settings.js';
import { attributesOf, type SpanFacts } from './attributes.js';
import { BoundedProcessor, CountingExporter, MAX_OPEN_SPANS, OpenSpans } from './bounded-export.js';
import type { SpanEnd, SpanName, SpanOptions, SpanSource, TraceSpan } from './span.js';
import type { SpanLosses } from './span-losses.js';

/** How long the collector may take, with all attempts of the exporter. Source: the standard's default. */
const EXPORT_TIMEOUT_MS = 10_000;
/** Longer than that, so that the exporter itself reports how a batch ended. */
const BATCH_TIMEOUT_MS = 15_000;
/** How long an ended span waits for others. */
const GATHER_MS = 1000;

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT };

function samplerOf({ OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG = '1' }: Settings): Sampler {
  const [, parentBased, name] = /^(parentbased_)?(.*)$/.exec(OTEL_TRACES_SAMPLER) ?? [];
  const root =
    name === 'always_off'
      ? new AlwaysOffSampler()
      : name === 'always_on'
        ? new AlwaysOnSampler()
        : new TraceIdRatioBasedSampler(Number(OTEL_TRACES_SAMPLER_ARG));
  return parentBased === undefined ? root : new ParentBasedSampler({ root });
}

/** What must be added to `performance.now()` to get the time of day; renewed each minute, as the two clocks drift apart. */
let clockOffset = { ms: 0, expiresAt: 0 };

function timeOfDay(at: number): number {
  const now = performance.now();
  if (now >= clockOffset.expiresAt) clockOffset = { ms: Date.now() - now, expiresAt: now + 60_000 };
  return at + clockOffset.ms;
}

/** A span of the SDK; attributes come from facts only. */
class RecordedSpan implements TraceSpan {
  constructor(
    private readonly tracer: Tracer,
    private readonly span: Span,
  ) {}

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  get traceparent(): string {
    const { traceId, spanId } = this.span.spanContext();
    return `00-${traceId}-${spanId}-01`;
  }

  startChild(name: SpanName, options: SpanOptions = {}): RecordedSpan {
    const context = trace.setSpan(ROOT_CONTEXT, this.span);
    return new RecordedSpan(this.tracer, this.tracer.startSpan(name, toSdkOptions(options), context));
  }

  set(facts: SpanFacts): void {
    this.span.setAttributes(attributesOf(facts));
  }

  addEvent(name: string, facts: SpanFacts, at: number): void {
    this.span.addEvent(name, attributesOf(facts), timeOfDay(at));
  }

  linkTo(other: RecordedSpan): void {
    this.span.addLink(other.asLink());
  }

  asLink(): { context: SpanContext } {
    return { context: this.span.spanContext() };
  }

  end({ facts, isError = false, at = performance.now() }: SpanEnd = {}): void {
    if (facts) this.set(facts);
    if (isError) this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.end(timeOfDay(at));
  }
}

function toSdkOptions({ kind, startedAt = performance.now(), facts, links }: SpanOptions) {
  return {
    kind: kind === undefined ? SpanKind.INTERNAL : KINDS[kind],
    startTime: timeOfDay(startedAt),
    ...(facts && { attributes: attributesOf(facts) }),
    ...(links && { links: links.map((one) => (one as RecordedSpan).asLink()) }),
  };
}

/** Starts the SDK of OpenTelemetry. Only this file imports it, and it is loaded only where traces are configured. */
export function startOpenTelemetry(settings: Settings, losses: SpanLosses): SpanSource {
  const open = new OpenSpans(losses);
  const exporter = new OTLPTraceExporter({
    url: tracesUrl(settings) ?? '',
    headers: readOtlpHeaders(settings.OTEL_EXPORTER_OTLP_HEADERS) ?? {},
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const batches = new BatchSpanProcessor({
    exporter: new CountingExporter(open, exporter),
    maxQueueSize: MAX_OPEN_SPANS,
    scheduledDelayMillis: GATHER_MS,
    exportTimeoutMillis: BATCH_TIMEOUT_MS,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': settings.OTEL_SERVICE_NAME }),
    sampler: samplerOf(settings),
    spanProcessors: [new BoundedProcessor(open, batches)],
  });
  const tracer = provider.getTracer('meniscus');
  return {
    start: (name, options, caller, tracestate) => {
      const context = caller
        ? trace.setSpanContext(ROOT_CONTEXT, {
            traceId: caller.traceId,
            spanId: caller.spanId,
            traceFlags: caller.isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
            isRemote: true,
            ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
          })
        : ROOT_CONTEXT;
      const span = tracer.startSpan(name, toSdkOptions(options), context);
      return span.isRecording() ? new RecordedSpan(tracer, span) : undefined;
    },
    stop: () => provider.shutdown(),
  };
}
