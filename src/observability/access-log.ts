import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestMethod } from '@nestjs/common';
import type { Params } from 'nestjs-pino';
import type { Settings } from '../config/settings.js';
import { describeFault } from './event-log.js';

const routeTemplates = new WeakMap<IncomingMessage, string>();

/** Notes which endpoint a request met, as `/v1/customers`: a URL itself is never logged, as callers may put anything in it. */
export function noteEndpoint(request: IncomingMessage, template: string): void {
  routeTemplates.set(request, template);
}

function accessEvent(request: IncomingMessage, response: ServerResponse, durationMs: number) {
  return {
    event: response.writableFinished ? 'request.completed' : 'request.aborted',
    method: request.method,
    endpoint: routeTemplates.get(request) ?? 'none',
    status: response.statusCode,
    durationMs,
  };
}

/** One access event per request, and the request's id on every other line that is written while it runs. */
export function loggerParams(settings: Settings): Params {
  return {
    // The default route of nestjs-pino 5.2.1 matches no request on Fastify.
    forRoutes: [{ path: '*splat', method: RequestMethod.ALL }],
    // Who is calling stands on the access event as well.
    assignResponse: true,
    pinoHttp: {
      level: settings.LOG_LEVEL,
      base: { service: 'meniscus' },
      customAttributeKeys: { reqId: 'requestId' },
      quietReqLogger: true,
      quietResLogger: true,
      customSuccessMessage: () => 'request',
      customErrorMessage: () => 'request',
      customSuccessObject: (request, response, { responseTime }: { responseTime: number }) =>
        accessEvent(request, response, responseTime),
      customErrorObject: (request, response, _error, { responseTime }: { responseTime: number }) =>
        accessEvent(request, response, responseTime),
      // Each request is given to a logger that nobody writes to: told in full, that takes longer than all our own code.
      serializers: { err: describeFault, req: () => undefined },
      wrapSerializers: false,
    },
  };
}
