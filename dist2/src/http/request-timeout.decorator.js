import { createParamDecorator } from '@nestjs/common';
import { callerId } from '../security/principal.js';
import { invalidRequest } from '../problems/problem.js';
/** Parses how long a request may take, in milliseconds; undefined if the header is not a positive number of seconds. */
export function parseTimeoutMs(header, longestMs) {
    if (header === undefined)
        return longestMs;
    if (typeof header !== 'string' || !/^\d{1,6}(\.\d{1,3})?$/.test(header) || Number(header) === 0) {
        return undefined;
    }
    return Math.min(Number(header) * 1000, longestMs);
}
/**
 * Returns how long a request may take: `Request-Timeout`, in seconds, may only shorten the configured deadline.
 *
 * @throws Problem `invalid-request` if the header is not a positive number
 */
export function readDeadlineMs(header, longestMs) {
    const timeoutMs = parseTimeoutMs(header, longestMs);
    if (timeoutMs !== undefined)
        return timeoutMs;
    throw invalidRequest([{ header: 'Request-Timeout', message: 'must be a positive number of seconds' }]);
}
/** Provides the options of the request: its principal, its deadline, and a signal that aborts when the caller disconnects. */
export const RequestOptions = createParamDecorator((_data, context) => {
    const request = context.switchToHttp().getRequest();
    const reply = context.switchToHttp().getResponse();
    const gone = new AbortController();
    reply.raw.once('close', () => {
        if (!reply.raw.writableFinished)
            gone.abort();
    });
    const deadlineMs = readDeadlineMs(request.headers['request-timeout'], request.server.requestDeadlineMs);
    return { deadlineAt: request.arrivedAt + deadlineMs, signal: gone.signal, principal: callerId(request) };
});
//# sourceMappingURL=request-timeout.decorator.js.map