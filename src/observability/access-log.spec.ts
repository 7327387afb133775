import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logRequests } from './access-log.js';
import { EventLog } from './event-log.js';
import { createLogger } from './logger.js';
import { FactCounts } from './metrics/count-facts.js';
import { RecentCallers } from './recent-callers.js';
import { Metrics } from './metrics/metrics.js';
import { Traces } from './tracing/traces.js';

type Line = Record<string, unknown>;

let server: FastifyInstance;
let lines: Line[];
let log: EventLog;

beforeEach(async () => {
  lines = [];
  const stream = { write: (line: string) => lines.push(JSON.parse(line) as Line) };
  log = new EventLog(
    createLogger({ LOG_LEVEL: 'info' }, stream),
    new FactCounts(new Metrics(), new RecentCallers()),
  );
  server = fastify({ genReqId: ({ headers }) => String(headers['x-request-id']) });
  logRequests(server, log, new Traces());
  server.addHook('onRequest', async ({ headers }) => {
    await sleep(1);
    log.identify(String(headers.authorization));
    log.write('info', 'caller.known');
    if (headers.authorization === 'refused') throw new Error('refused');
  });
  server.post('/things/:id', async (_request, reply) => {
    await sleep(1);
    log.write('info', 'thing.done');
    return reply.code(201).send({});
  });
  server.get('/never', () => new Promise(() => undefined));
  await server.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(async () => {
  server.server.closeAllConnections();
  await server.close();
});

/** Waits until so many lines report an event with this beginning, and returns them. */
async function linesOf(event: string, count: number): Promise<Line[]> {
  const found = lines.filter((line) => String(line['event']).startsWith(event));
  if (found.length >= count) return found;
  await sleep(1);
  return linesOf(event, count);
}

/** Opens a connection and writes a request to it, in parts that arrive apart. */
async function send(...parts: string[]) {
  const { port } = server.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1').resume();
  await once(socket, 'connect');
  for (const part of parts) {
    socket.write(part);
    await sleep(10); // oxlint-disable-line no-await-in-loop -- apart on purpose
  }
  return socket;
}

const head = (line: string, id: string, more = ''): string =>
  `${line} HTTP/1.1\r\nHost: x\r\nX-Request-Id: ${id}\r\nAuthorization: app-${id}\r\n${more}\r\n`;
const JSON_OF_TWO = 'Content-Type: application/json\r\nContent-Length: 2\r\n';

describe(logRequests, () => {
  it('writes one event for a request, with its endpoint instead of its URL', async () => {
    await send(head('POST /things/919900000001?a=b', 'one', JSON_OF_TWO), '{', '}');
    await linesOf('request.', 1);
    expect(lines).toEqual([
      expect.objectContaining({ event: 'caller.known', requestId: 'one', principal: 'app-one' }),
      expect.objectContaining({ event: 'thing.done', requestId: 'one', principal: 'app-one' }),
      {
        level: 30,
        time: expect.any(Number) as number,
        service: 'meniscus',
        requestId: 'one',
        principal: 'app-one',
        event: 'request.completed',
        method: 'POST',
        endpoint: '/things/:id',
        status: 201,
        durationMs: expect.any(Number) as number,
        msg: 'request',
      },
    ]);
    expect(Number.isInteger(lines[2]?.['durationMs'])).toBe(true);
  });

  it('keeps requests apart that run at the same time on their connections', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        send(head('POST /things/1', String(index), JSON_OF_TWO), '{', '}'),
      ),
    );
    await linesOf('request.', 20);
    expect(lines).toHaveLength(60);
    for (const { requestId, principal } of lines) expect(principal).toBe(`app-${String(requestId)}`);
    expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(20);
  });

  it.each([
    ['while it is handled', [head('GET /never', 'gone')], '/never'],
    ['in the middle of its body', [head('POST /things/1', 'gone', JSON_OF_TWO), '{'], '/things/:id'],
  ])('writes one event when the caller leaves: %s', async (_case, parts, endpoint) => {
    const socket = await send(...parts);
    await linesOf('caller.known', 1);
    socket.destroy();
    await linesOf('request.', 1);
    await sleep(20);
    expect(await linesOf('request.', 1)).toMatchObject([
      { event: 'request.aborted', requestId: 'gone', principal: 'app-gone', endpoint },
    ]);
  });

  it('writes one event for a request that a later hook refuses, and for an unknown path', async () => {
    await send(head('GET /nothing', 'lost'), head('GET /never', 'no').replace('app-no', 'refused'));
    expect(await linesOf('request.', 2)).toMatchObject([
      { event: 'request.completed', requestId: 'lost', endpoint: 'none', status: 404 },
      { event: 'request.completed', requestId: 'no', principal: 'refused', endpoint: '/never', status: 500 },
    ]);
  });
});
