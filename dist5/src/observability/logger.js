import { pino } from 'pino';
import { describeFault } from './event-log.js';
import { LOGGED_KEYS } from './facts.js';
import { requestContext } from './request-context.js';
/** Drops every field that is not on the list, whether our code or a library writes the line. */
function onlyListed(line) {
    const listed = {};
    for (const key of Object.keys(line))
        if (LOGGED_KEYS.has(key))
            listed[key] = line[key];
    return listed;
}
/** Replaces the message of a line about an error: pino would use the error's message, which may quote anything. */
function withoutWordsOfErrors([first, ...rest], write) {
    const isAboutError = typeof first === 'object' && first !== null && (first instanceof Error || 'err' in first);
    if (isAboutError)
        write.call(this, first, 'fault');
    else
        write.call(this, first, ...rest);
}
/** Creates the logger of all lines except audit events; a line of a request has the request's id and principal. */
export function createLogger({ LOG_LEVEL }, stream) {
    const options = {
        level: LOG_LEVEL,
        base: { service: 'meniscus' },
        mixin: () => {
            const { requestId, principal } = requestContext.getStore() ?? {};
            return { requestId, principal };
        },
        formatters: { log: onlyListed },
        hooks: { logMethod: withoutWordsOfErrors },
        serializers: { err: describeFault },
    };
    return pino(options, stream);
}
//# sourceMappingURL=logger.js.map