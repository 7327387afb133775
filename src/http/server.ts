import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import { logRequests } from '../observability/access-log.js';
import { EventLog } from '../observability/event-log.js';
import { Traces } from '../observability/tracing/traces.js';
import { HealthRegistry } from '../observability/health-registry.js';
import { AllowedMethods } from './allowed-methods.js';
import { MAX_BODY_BYTES } from '../validation/json-body.js';
import { Problem, sendProblem } from '../problems/problem.js';
import { answerClientError, answerExpectation } from './client-errors.js';
import { parseJsonBodies } from './json-bodies.js';
import { LoopTurns } from './loop-turns.service.js';
import { closeStalledConnections, rejectPipelining } from './connection-limits.js';
import { lingerBeforeClosing } from './lingering-close.js';
import { HeadAdmission, shedLoad } from './load-shedding.js';
import { LoopDelay } from './loop-delay.js';
import { SECURITY_HEADERS, allowOrigins } from './security-headers.js';
import { streamBodies } from './streamed-bodies.js';

/** Limits the time from the first byte of a request to its last: a phone with a bad connection can send 4 MB in it. */
const REQUEST_ARRIVAL_MS = 30_000;
/** Limits the time from the connection, or the end of the previous request, to the end of the headers. */
const HEADERS_ARRIVAL_MS = 10_000;
/** How often Node checks these two limits. */
const CHECK_ARRIVALS_EVERY_MS = 1000;
/** Longer than the minute after which most load balancers close, so that none sends a request on a connection that we just closed. */
const IDLE_CONNECTION_MS = 72_000;
/** Each connection takes about 10 KB; further ones are closed at once. */
const MAX_CONNECTIONS = 10_000;

const MAX_HEADER_BYTES = 16 * 1024;
/** Node silently drops headers above its own, higher limit. */
const MAX_HEADERS = 100;
/** Our longest query has about 500 bytes. */
const MAX_URL_BYTES = 2048;
/** The longest path parameter is a request id. */
const MAX_PATH_PARAMETER = 128;

/** The request ids that a caller may choose. They are logged, so they must not look like an e-mail address or a phone number. */
const REQUEST_ID = /^(?=.*[A-Za-z])[\w.:-]{1,128}$/;

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Responds to requests that cannot be routed; no hook runs for them. */
function answerUnroutable(error: Error & { code?: string }, request: FastifyRequest, reply: FastifyReply) {
  const problem =
    error.code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? tooLong(`A part of the path is over the limit of ${MAX_PATH_PARAMETER} characters.`)
      : new Problem('malformed-http', { detail: 'The path of the request cannot be read.' });
  sendProblem(reply, problem, request.id);
}

function tooLong(detail: string): Problem {
  return new Problem('malformed-http', { detail, status: 414 });
}

/** @throws Problem naming the limit, if the URL or the headers exceed it */
function checkHead({ url = '', rawHeaders }: IncomingMessage): void {
  if (url.length > MAX_URL_BYTES) throw tooLong(`The URL is over the limit of ${MAX_URL_BYTES} bytes.`);
  if (rawHeaders.length > 2 * MAX_HEADERS) {
    const detail = `The request has more than ${MAX_HEADERS} header fields.`;
    throw new Problem('malformed-http', { detail, status: 431 });
  }
}

/** Creates the HTTP server with limits on size and time, and with request ids. */
export function createHttpAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    // We have no Nest middleware, and its runner would take time in every request.
    skipMiddie: true,
    requestTimeout: REQUEST_ARRIVAL_MS,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER },
    http: {
      headersTimeout: HEADERS_ARRIVAL_MS,
      connectionsCheckingInterval: CHECK_ARRIVALS_EVERY_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Explicit, so that NODE_OPTIONS cannot switch it on (request smuggling).
      insecureHTTPParser: false,
    },
    genReqId: requestIdOf,
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    // The shutdown hook below responds with a problem instead.
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: answerUnroutable,
  });
}

/** Adds the hooks and parsers that run before a controller. Call it before the routes are registered. */
export function prepareHttpServer(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const settings = app.get(Settings);
  const health = app.get(HealthRegistry);
  const log = app.get(EventLog);

  server.server.maxConnections = MAX_CONNECTIONS;
  closeStalledConnections(server.server);
  rejectPipelining(server);
  // After that, since thousands of pipelined requests would fill the log; before all that refuses other requests.
  logRequests(server, log, app.get(Traces));
  if (settings.CORS_ORIGINS) allowOrigins(app, settings.CORS_ORIGINS.split(','));
  server.server.on('checkExpectation', answerExpectation);
  const loop = new LoopDelay();
  server.decorate('requestDeadlineMs', settings.REQUEST_DEADLINE_MS);
  server.decorateRequest('arrivedAt', 0);
  server.addHook('onRequest', async (request, reply) => {
    request.arrivedAt = performance.now() - loop.noteArrival();
    // Set before anything may refuse the request, so that refusals have these headers too.
    reply.headers(SECURITY_HEADERS).header('X-Request-Id', request.id);
    checkHead(request.raw);
    if (health.isShuttingDown && !request.url.startsWith('/health/')) {
      throw new Problem('shutting-down', {
        detail: 'This instance is shutting down.',
        outcome: 'failed',
        retryable: true,
        headers: {
          Connection: 'close',
          'Retry-After': '1',
        },
      });
    }
  });

  shedLoad(server, loop, app.get(HeadAdmission));

  // From the signal on, a response closes its connection, so that the caller's next one leads to another instance. A
  // connection that is kept alive would still be there at the end, and be closed while a request is on its way.
  server.addHook('onSend', async (_request, reply) => {
    if (health.isEnding) reply.header('Connection', 'close');
  });
  lingerBeforeClosing(server);

  parseJsonBodies(server, app.get(LoopTurns), log);
  streamBodies(server, settings.IMPORT_MAX_BYTES);

  app.get(AllowedMethods).watch(server);
}
