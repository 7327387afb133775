import { Readable } from 'node:stream';
/** How long a caller may go on sending a body that is discarded. */
const LINGER_MS = 5000;
function hasBody({ headers }) {
    return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}
/** Creates a response that is complete for its caller at once, and ends when the body of the request has arrived. */
function endAfterBody(payload, { raw }) {
    const response = new Readable({ read: () => undefined });
    response.push(payload);
    const end = () => void (response.readableEnded || response.push(null));
    const timer = setTimeout(end, LINGER_MS).unref();
    response.once('close', () => clearTimeout(timer));
    raw.once('close', end);
    // It is discarded, even where a parser was reading it.
    raw.unpipe();
    raw.resume();
    return response;
}
/**
 * Delays the end of a connection while the body of its request is still arriving. Node would close it right after the
 * response, and the kernel answers further bytes with a reset, which makes many callers lose the response. Connections
 * that are kept alive need nothing: Node discards the remaining bytes of the body, and the next request follows.
 */
export function lingerBeforeClosing(server) {
    server.addHook('onSend', (request, reply, payload, done) => {
        const isClosing = reply.getHeader('connection') === 'close' || !reply.raw.shouldKeepAlive;
        if (!isClosing || request.raw.complete || typeof payload !== 'string' || !hasBody(request)) {
            return done(null, payload);
        }
        reply.header('Content-Length', Buffer.byteLength(payload));
        done(null, endAfterBody(payload, request));
    });
}
//# sourceMappingURL=lingering-close.js.map