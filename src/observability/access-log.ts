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

/** Drops every field that is not on the list, whether our code or a library writes the line. */
function onlyListed(line: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(line).filter(([key]) => LOGGED_KEYS.has(key)));
}

/** Replaces the message of a line about an error: pino would use the error's message, which may quote anything. */
function withoutWordsOfErrors(this: Logger, [first, ...rest]: Parameters<LogFn>, write: LogFn): void {
  const isAboutError =
    typeof first === 'object' && first !== null && (first instanceof Error || 'err' in first);
  if (isAboutError) write.call(this, first, 'fault');
  else write.call(this, first, ...rest);
}

/** Configures one access event per request, and the request's id on every other line written during the request. */
export function loggerParams(settings: Settings): Params {
  return {
    // The default route of nestjs-pino 5.2.1 matches no request on Fastify.
    forRoutes: [{ path: '*splat', method: RequestMethod.ALL }],
    // Adds the principal to the access event as well.
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
      // Every request gets a logger, even if it is never used: serializing the whole request would take longer than all our own code.
      serializers: { err: describeFault, req: () => undefined },
      wrapSerializers: false,
    },
  };
}
