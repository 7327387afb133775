import { randomUUID } from 'node:crypto';
import { isResponsePending } from './connection-limits.js';
import { PROBLEM_HEADERS, Problem, problemBody } from '../problems/problem.js';
import { isUploading } from './streamed-bodies.js';
/** Maps error codes of Node's HTTP parser to responses, which are written directly to the socket. */
const CLIENT_ERRORS = {
    ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'request-timeout', 'The request did not arrive in time.'],
    HPE_HEADER_OVERFLOW: [
        '431 Request Header Fields Too Large',
        'malformed-http',
        'The request line and header fields together are over 16 KiB.',
    ],
    HPE_CHUNK_EXTENSIONS_OVERFLOW: [
        '413 Payload Too Large',
        'malformed-http',
        'The extensions of the chunks are over 16 KiB.',
    ],
};
/** Responds to bytes that are not valid HTTP, and closes the connection: nothing after them is read (request smuggling). */
export function answerClientError(error, socket) {
    // Node reports the timeout once for each request, and leaves the connection to this handler.
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isUploading(socket))
        return;
    if (error.code === 'ECONNRESET' || !socket.writable || isResponsePending(socket)) {
        socket.destroy();
        return;
    }
    const [statusLine, type, detail] = CLIENT_ERRORS[error.code ?? ''] ?? [
        '400 Bad Request',
        'malformed-http',
        'The request is not valid HTTP/1.1.',
    ];
    const status = Number(statusLine.slice(0, 3));
    const body = JSON.stringify(problemBody(new Problem(type, { detail, status }), randomUUID()));
    const headers = { Connection: 'close', ...PROBLEM_HEADERS, 'Content-Length': Buffer.byteLength(body) };
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${statusLine}\r\n${fields.join('')}\r\n${body}`);
}
/** Responds to an unknown `Expect` header with a problem; Node itself would send a 417 without a body. */
export function answerExpectation(_request, response) {
    const detail = 'The only supported expectation is 100-continue.';
    const problem = problemBody(new Problem('malformed-http', { detail, status: 417 }), randomUUID());
    const body = JSON.stringify(problem);
    response.writeHead(417, { ...PROBLEM_HEADERS, 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
}
//# sourceMappingURL=client-errors.js.map