import { type DestinationStream, type LogFn, type Logger, pino } from 'pino';
import type { Settings } from '../config/settings.js';
import { describeFault } from './event-log.js';
import { LOGGED_KEYS } from './facts.js';
import { requestContext } from './request-context.js';

/** Drops every field that is not on the list, whether our code or a library writes the line. */
function onlyListed(line: Record<string, unknown>): Record<string, unknown> {
  const listed: Record<string, unknown> = {};
  for (const key of Object.keys(line)) if (LOGGED_KEYS.has(key)) listed[key] = line[key];
  return listed;
}

/** Replaces the message of a line about an error: pino would use the error's message, which may quote anything. */
function withoutWordsOfErrors(this: Logger, [first, ...rest]: Parameters<LogFn>, write: LogFn): void {
  const isAboutError =
    typeof first === 'object' && first !== null && (first instanceof Error || 'err' in first);
  if (isAboutError) write.call(this, first, 'fault');
  else write.call(this, first, ...rest);
}

/** Creates the logger of all lines except audit events; a line of a request has the request's ids and principal. */
export function createLogger({ LOG_LEVEL }: Pick<Settings, 'LOG_LEVEL'>, stream: DestinationStream): Logger {
  const options = {
    level: LOG_LEVEL,
    base: { service: 'meniscus' },
    mixin: () => {
      const { requestId, traceId, principal } = requestContext.getStore() ?? {};
      return { requestId, traceId, principal };
    },
    formatters: { log: onlyListed },
    hooks: { logMethod: withoutWordsOfErrors },
    serializers: { err: describeFault },
  };
  return pino(options, stream);
}
