import type { FastifyInstance } from 'fastify';
import type { EventLog } from './event-log.js';
import { type RequestContext, requestContext } from './request-context.js';

declare module 'fastify' {
  interface FastifyRequest {
    logContext: RequestContext;
  }
}

/**
 * Writes one access event per request, and runs every later hook and the handler in the request's context. Call it
 * before the hooks that refuse requests are added, so that these are logged too.
 */
export function logRequests(server: FastifyInstance, log: EventLog): void {
  server.decorateRequest('logContext');
  server.addHook('onRequest', (request, { raw: response }, done) => {
    const startedAt = performance.now();
    request.logContext = { requestId: request.id };
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
    });
    requestContext.run(request.logContext, done);
  });
}
