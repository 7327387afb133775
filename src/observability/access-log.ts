import type { FastifyInstance } from 'fastify';
import type { EventLog } from './event-log.js';
import { type RequestContext, requestContext } from './request-context.js';
import { runForSpan } from './tracing/span.js';
import { readTraceparent } from './tracing/traceparent.js';
import { type Traces, endRequestSpan } from './tracing/traces.js';

declare module 'fastify' {
  interface FastifyRequest {
    logContext: RequestContext;
  }
}

/**
 * Writes one access event per request, and runs every later hook and the handler in the request's context and for its
 * span, if it is traced. Call it before the hooks that refuse requests are added, so that these are seen too.
 */
export function logRequests(server: FastifyInstance, log: EventLog, traces: Traces): void {
  server.decorateRequest('logContext');
  server.addHook('onRequest', (request, { raw: response }, done) => {
    const startedAt = performance.now();
    const caller = readTraceparent(request.headers['traceparent']);
    const span = traces.startRequest(request, caller);
    request.logContext = { requestId: request.id, traceId: span?.traceId ?? caller?.traceId };
    // Fastify has no hook for this: onResponse misses callers who leave, and onRequestAbort those who have sent their body.
    response.once('close', () => {
      log.access(request.logContext, {
        event: response.writableFinished ? 'request.completed' : 'request.aborted',
        method: request.method,
        // A URL itself is never logged, as callers may put anything in it.
        endpoint: request.routeOptions.url ?? 'none',
        status: response.statusCode,
        durationMs: performance.now() - startedAt,
      });
      if (span)
        endRequestSpan(span, request.logContext, {
          status: response.statusCode,
          isComplete: response.writableFinished,
        });
    });
    runForSpan(span, () => requestContext.run(request.logContext, done));
  });
}
