import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { type HeadAdmission, shedLoad } from './load-shedding.js';
import type { LoopDelay } from './loop-delay.js';

/** Sends a request to a server with this delay of its event loop, and a longest deadline of 10 seconds. */
async function sendTo(sustainedMs: number, url = '/', headers = {}) {
  const server = fastify({ genReqId: () => 'id-of-request' });
  server.decorate('requestDeadlineMs', 10_000);
  server.decorateRequest('arrivedAt', 0);
  server.addHook('onRequest', (request, _reply, done) => {
    request.logContext = { requestId: request.id };
    done();
  });
  const admission: HeadAdmission = { refusalOfStranger: () => undefined, refusalOfCaller: () => undefined };
  shedLoad(server, { sustainedMs: () => sustainedMs } as LoopDelay, admission);
  server.get('/', async () => 'served');
  server.get('/health/live', async () => 'served');
  return server.inject({ url, headers });
}

describe(shedLoad.name, () => {
  it('refuses requests while the event loop is late', async () => {
    const answer = await sendTo(1001);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers).toMatchObject({ 'retry-after': '2', 'cache-control': 'no-store' });
    expect(answer.json()).toMatchObject({
      type: '/problems/overloaded',
      requestId: 'id-of-request',
      outcome: 'failed',
      retryable: true,
    });
  });

  it.each([
    ['a tenth of the time that the caller waits', 1000, {}, 200],
    ['more than a tenth of it', 201, { 'request-timeout': '2' }, 503],
    ['a short while, for a caller that waits for hardly longer', 50, { 'request-timeout': '0.1' }, 200],
    ['more than a short while, for such a caller', 51, { 'request-timeout': '0.1' }, 503],
    ['any time, when the header is refused later', 60_000, { 'request-timeout': 'x' }, 200],
  ])('compares the delay with the deadline: %s', async (_what, delayMs, headers, status) => {
    expect((await sendTo(delayMs, '/', headers)).statusCode).toBe(status);
  });

  it('never refuses requests for health', async () => {
    expect((await sendTo(60_000, '/health/live')).statusCode).toBe(200);
  });
});
