import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { type RawConnection, openRaw, problemIn, statusIn } from '../harness/raw-connection.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const DRIPPING = 200;
const IDLE = 2000;
const FLOODING = 200;

const sandbox = useSandbox();
const service = useService(sandbox);
let dripping: RawConnection[];
let idle: RawConnection[];
let slowBody: RawConnection;
let silentUpload: RawConnection;
const stopDripping = new AbortController();

const head = (line: string, ...headers: string[]): string =>
  [line, 'Host: a', `Authorization: ${service.authorization.Authorization}`, ...headers, '', ''].join('\r\n');

/** Sends a header every second, without end. */
async function drip({ socket }: RawConnection): Promise<void> {
  for (let count = 0; socket.writable && !stopDripping.signal.aborted; count++) {
    socket.write(`X-${count}: x\r\n`);
    // oxlint-disable-next-line no-await-in-loop -- one header a second
    await wait(1000, undefined, { signal: stopDripping.signal }).catch(() => undefined);
  }
}

/** All connections wait at the same time, so that the tests take only as long as the slowest timeout. */
beforeAll(async () => {
  const { url } = service;
  slowBody = openRaw(
    url,
    `${head('PATCH /v1/customers HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 100')}{`,
  );
  silentUpload = openRaw(
    url,
    head('POST /v1/imports?kind=customers HTTP/1.1', 'Content-Type: text/csv', 'Content-Length: 100') +
      'identifiers.mobile\n',
  );
  dripping = Array.from({ length: DRIPPING }, () => openRaw(url, 'GET /health/live HTTP/1.1\r\nHost: a\r\n'));
  for (const one of dripping) void drip(one);
  idle = [];
  while (idle.length < IDLE) {
    idle.push(...Array.from({ length: 100 }, () => openRaw(url)));
    // oxlint-disable-next-line no-await-in-loop -- the backlog of connections to accept is limited
    await service.send('GET', '/health/live');
  }
});

afterAll(async () => {
  stopDripping.abort();
  for (const { socket } of [...dripping, ...idle, slowBody, silentUpload]) socket.destroy();
});

async function expectServed(): Promise<void> {
  for (const answer of await Promise.all([
    service.send('GET', '/health/ready'),
    service.send('PATCH', '/v1/customers', aCustomerUpdate()),
  ])) {
    expect(answer.status).toBe(200);
  }
}

const timeout = { type: '/problems/request-timeout', status: 408 };

describe('slow clients', () => {
  it('do not keep other clients from being served', async () => {
    for (let turn = 0; turn < 5; turn++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, while they drip
      await expectServed();
    }
    expect([...dripping, ...idle].filter(({ socket }) => socket.destroyed)).toEqual([]);
  });

  it('do not keep other clients from being served when they flood the service with headers', async () => {
    const flood = `GET /health/live HTTP/1.1\r\nHost: a\r\n${'X-Flood: x\r\n'.repeat(6000)}`;
    const flooding = Array.from({ length: FLOODING }, () => openRaw(service.url, flood));
    await expectServed();
    for (const answer of await Promise.all(flooding.map(({ ended }) => ended))) {
      // A client that is still writing when the connection closes sees a reset instead.
      expect([431, undefined]).toContain(statusIn(answer));
    }
    await expectServed();
  });

  it('are disconnected with 408 when their headers do not end', async () => {
    const answers = await Promise.all(dripping.map(({ ended }) => ended));
    expect(new Set(answers.map(statusIn))).toEqual(new Set([408]));
    expect(problemIn(answers[0] ?? '')).toMatchObject(timeout);
  });

  it('are disconnected with 408 when they send nothing', async () => {
    const answers = await Promise.all(idle.map(({ ended }) => ended));
    expect(new Set(answers.map(statusIn))).toEqual(new Set([408]));
  });

  it('are disconnected with 408 when their body does not end', async () => {
    expect(problemIn(await slowBody.ended)).toMatchObject(timeout);
  });

  it('are disconnected with 408 when an upload stalls', async () => {
    const answer = await silentUpload.ended;
    expect(statusIn(answer)).toBe(408);
    expect(answer).toContain('Nothing arrived for 30000 ms.');
    await expectServed();
  });
});

describe('a keep-alive connection', () => {
  it('is kept open longer than load balancers keep theirs', async () => {
    const { socket, ended } = openRaw(service.url, 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    expect(await ended).toContain('Keep-Alive: timeout=72\r\n');
  });
});
