import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import { noteEndpoint } from '../observability/access-log.js';
import { EventLog } from '../observability/event-log.js';
import { HealthRegistry } from '../observability/health-registry.js';
import { AllowedMethods } from './allowed-methods.js';
import { MAX_BODY_BYTES, readJsonBody } from './json-body.js';
import { ProblemException, problemBody } from './problem.js';
import type { ProblemType } from './problem-catalogue.js';
import { isUploading, streamBodies } from './streamed-bodies.js';

/** From the first byte of a request to its last: a mobile on a bad line can send 4 MB in this time. */
const REQUEST_ARRIVAL_MS = 30_000;
const HEADERS_ARRIVAL_MS = 10_000;

/** What a caller may choose as request id: it is logged, so it must not look like an address or a number of a person. */
const REQUEST_ID = /^(?=.*[A-Za-z])[\w.:-]{1,128}$/;

const PROBLEM_JSON = 'application/problem+json';

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** For requests that never became one: what the parser of Node says, and what we answer on the bare socket. */
const CLIENT_ERRORS: Readonly<
  Record<string, readonly [statusLine: string, type: ProblemType, detail: string]>
> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'request-timeout', 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'malformed-http',
    'The request line and header fields together are over 16 KiB.',
  ],
};

function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  // Node says so once for each request, and leaves to us what becomes of it.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isUploading(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [statusLine, type, detail] = CLIENT_ERRORS[error.code ?? ''] ?? [
    '400 Bad Request',
    'malformed-http' as const,
    'The request is not proper HTTP/1.1.',
  ];
  const status = Number(statusLine.slice(0, 3));
  const body = JSON.stringify(problemBody(new ProblemException(type, detail, {}, {}, status), randomUUID()));
  socket.end(
    `HTTP/1.1 ${statusLine}\r\nConnection: close\r\nContent-Type: ${PROBLEM_JSON}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Node by itself would answer with a 417 that says nothing. */
function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const detail = 'The only expectation that is met is 100-continue.';
  const problem = problemBody(new ProblemException('malformed-http', detail, {}, {}, 417), randomUUID());
  const body = JSON.stringify(problem);
  response.writeHead(417, {
    Connection: 'close',
    'Content-Type': PROBLEM_JSON,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

export function sendProblem(reply: FastifyReply, exception: ProblemException, requestId: string): void {
  void reply
    .status(exception.status)
    .headers({ ...exception.headers, 'Content-Type': PROBLEM_JSON, 'Cache-Control': 'no-store' })
    .send(problemBody(exception, requestId));
}

/** The HTTP server: its bounds on size and time, and request ids. */
export function createHttpAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_ARRIVAL_MS,
    http: { headersTimeout: HEADERS_ARRIVAL_MS },
    genReqId: requestIdOf,
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    // The shutdown hook below refuses with a problem instead.
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const detail = 'The path of the request cannot be read.';
      sendProblem(reply, new ProblemException('malformed-http', detail), request.id);
    },
  });
}

/** Adds what every request meets before it reaches a controller. Called before the routes are registered. */
export function prepareHttpServer(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const settings = app.get(Settings);
  const health = app.get(HealthRegistry);
  const log = app.get(EventLog);

  server.server.on('checkExpectation', answerExpectation);
  server.decorate('requestDeadlineMs', settings.REQUEST_DEADLINE_MS);
  server.decorateRequest('arrivedAt', 0);
  server.addHook('onRequest', async (request, reply) => {
    request.arrivedAt = performance.now();
    noteEndpoint(request.raw, request.routeOptions.url ?? 'none');
    reply.header('X-Request-Id', request.id);
    if (health.isShuttingDown && !request.url.startsWith('/health/')) {
      throw new ProblemException(
        'shutting-down',
        'This instance is shutting down.',
        { outcome: 'failed', retryable: true },
        {
          Connection: 'close',
          'Retry-After': '1',
        },
      );
    }
  });

  // An answer during the shutdown also ends its connection, which would be kept alive, and keep the server, otherwise.
  server.addHook('onSend', async (_request, reply) => {
    if (health.isShuttingDown) reply.header('Connection', 'close');
  });

  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, readJsonBody(body as Buffer));
    } catch (error) {
      log.write('info', 'body.refused', { bodyBytes: body.length });
      done(error as Error);
    }
  });

  streamBodies(server, settings.IMPORT_MAX_BYTES);

  app.get(AllowedMethods).watch(server);
}
