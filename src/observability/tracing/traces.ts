import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { tracesUrl } from '../../config/otlp-settings.js';
import type { Settings } from '../../config/settings.js';
import type { EventLog } from '../event-log.js';
import type { RequestContext } from '../request-context.js';
import type { SpanFacts } from './attributes.js';
import { type SpanName, type SpanSource, type TraceSpan, httpSpanName, runForSpan } from './span.js';
import { SpanLosses } from './span-losses.js';
import type { CallerSpan } from './traceparent.js';

/** How long the last spans may take to the collector, when the service stops. */
const FLUSH_WITHIN_MS = 2000;

/** Probes and scrapes: they are many, and all alike. */
const UNTRACED = /^\/(health|metrics)(\/|$)/;

/** Begins traces, where they are configured and sampled; otherwise each method returns at once. */
@Injectable()
export class Traces implements OnApplicationShutdown {
  constructor(
    private readonly source?: SpanSource,
    private readonly losses?: SpanLosses,
  ) {}

  /** Begins the span of a request of a caller. */
  startRequest(request: FastifyRequest, caller: CallerSpan | undefined): TraceSpan | undefined {
    if (this.source === undefined) return undefined;
    const { method, headers, routeOptions } = request;
    const { url: route } = routeOptions;
    if (route !== undefined && UNTRACED.test(route)) return undefined;
    const { tracestate } = headers;
    return this.source.start(
      httpSpanName(method, route),
      { kind: 'server', facts: { requestId: request.id, method: knownMethod(method), route } },
      caller,
      typeof tracestate === 'string' ? tracestate : undefined,
    );
  }

  /** Runs work that no caller waits for in a trace of its own. */
  async run<T>(name: SpanName, facts: SpanFacts, work: () => Promise<T>): Promise<T> {
    const span = this.source?.start(name, { facts });
    if (span === undefined) return work();
    try {
      return await runForSpan(span, work);
    } finally {
      span.end();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.source === undefined) return;
    await Promise.race([this.source.stop().catch(() => undefined), sleep(FLUSH_WITHIN_MS)]);
    this.losses?.close();
  }
}

function knownMethod(method: string): string {
  return httpSpanName(method, undefined) === 'HTTP' ? '_OTHER' : method;
}

/** Ends the span of a request with what its access event says. */
export function endRequestSpan(
  span: TraceSpan,
  { principal, facts }: RequestContext,
  { status, isComplete }: { readonly status: number; readonly isComplete: boolean },
): void {
  const errorType = isComplete ? (status >= 500 ? String(status) : undefined) : 'caller-gone';
  span.end({ facts: { ...facts, principal, status, errorType }, isError: status >= 500 });
}

/** Loads OpenTelemetry if there is an endpoint for traces. */
export async function createTraces(settings: Settings, log: EventLog): Promise<Traces> {
  if (tracesUrl(settings) === undefined) return new Traces();
  const losses = new SpanLosses((lostCount, because) =>
    log.write('warn', 'traces.lost', { lostCount, because }),
  );
  const { startOpenTelemetry } = await import('./open-telemetry.js');
  return new Traces(startOpenTelemetry(settings, losses), losses);
}
