import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestMethod } from '@nestjs/common';
import type { Params } from 'nestjs-pino';
import type { LogFn, Logger } from 'pino';
import type { Settings } from '../config/settings.js';
import { LOGGED_KEYS, describeFault } from './event-log.js';

declare module 'node:http' {
  interface IncomingMessage {
    /** The endpoint of the request, as `/v1/customers`: a URL itself is never logged, as callers may put anything in it. */
    endpoint?: string;
  }
}

function accessEvent(request: IncomingMessage, response: ServerResponse, durationMs: number) {
  return {
    event: response.writableFinished ? 'request.completed' : 'request.aborted',
    method: request.method,
    endpoint: request.endpoint ?? 'none',
    status: response.statusCode,
    durationMs,
  };
}

/** Whoever writes a line, a library among them: nothing goes into it that is not on the list. */
function onlyListed(line: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(line).filter(([key]) => LOGGED_KEYS.has(key)));
}

/** A line about an error has no words of its own: pino would take those of the error, which may quote anything. */
function withoutWordsOfErrors(this: Logger, [first, ...rest]: Parameters<LogFn>, write: LogFn): void {
  const isAboutError =
    typeof first === 'object' && first !== null && (first instanceof Error || 'err' in first);
  if (isAboutError) write.call(this, first, 'fault');
  else write.call(this, first, ...rest);
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
      formatters: { log: onlyListed },
      hooks: { logMethod: withoutWordsOfErrors },
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
