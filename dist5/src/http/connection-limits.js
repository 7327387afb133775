/** How long a connection may make no progress before it is closed. */
const STALLED_AFTER_MS = 30_000;
/** The most pipelined requests behind one in progress; a connection with more is an attack and is closed at once. */
const MAX_PIPELINED = 10;
/** The request of each connection that has no complete response yet, or has not arrived completely. */
const inProgress = new WeakMap();
/**
 * Whether the client would take the next bytes on the connection for the response to a request in progress, or already
 * has the response to a request that it is still sending.
 */
export function isResponsePending(socket) {
    const one = inProgress.get(socket);
    return one !== undefined && (one.request.complete || one.response.headersSent);
}
/**
 * Rejects HTTP pipelining (denial of service): responds to the first request and then closes the connection. The others
 * count as never read, and the client may send them again (RFC 9112, section 9.3.2). Otherwise their responses would be
 * buffered in memory: 60 KB of requests ask for 300 MB of documents.
 */
export function rejectPipelining(server) {
    server.addHook('onRequest', ({ raw: request }, { raw: response }, done) => {
        const { socket } = request;
        const before = inProgress.get(socket);
        if (!before || before.response.writableFinished) {
            const one = { request, response, pipelinedCount: 0 };
            const end = () => void (inProgress.get(socket) === one && inProgress.delete(socket));
            inProgress.set(socket, one);
            response.once('close', () => (request.complete ? end() : request.once('close', end)));
            done();
            return;
        }
        before.pipelinedCount += 1;
        if (before.pipelinedCount > MAX_PIPELINED)
            socket.destroy();
        if (before.pipelinedCount > 1)
            return;
        if (!before.response.headersSent)
            before.response.setHeader('Connection', 'close');
        before.response.once('finish', () => socket.destroySoon());
    });
}
/** Closes connections with a client that does not read its response and, as Node does, idle ones. */
export function closeStalledConnections(server, afterMs = STALLED_AFTER_MS) {
    server.setTimeout(afterMs, (socket) => {
        if (socket.writableLength > 0 || !inProgress.has(socket))
            socket.destroy();
    });
}
//# sourceMappingURL=connection-limits.js.map