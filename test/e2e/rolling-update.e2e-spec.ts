import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Dispatcher, Pool, errors } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { createPreparedDatabase, serverUrl } from '../harness/databases.js';
import { FREE_KEY, type Service, startService } from '../harness/service.js';
import { type TcpBalancer, startTcpBalancer } from '../harness/tcp-balancer.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';

const CALLERS = 6;
/** Between two requests of a caller. */
const PAUSE_MS = 20;
/** Updates of callers that must have succeeded before the next instance is replaced. */
const UPDATES_BETWEEN = 60;
/** As `Retry-After` says. */
const RETRY_AFTER_MS = 1000;

/** What a repetition under the same key heals. */
const HEALED = new Set(['503 /problems/shutting-down', 'no response']);

const sandbox = useSandbox({ resetBeforeEach: true });
let balancer: TcpBalancer;
let running: Service[] = [];

beforeEach(async () => {
  await sandbox.set({ latencyMs: 50, unknownCustomer: 'register' });
  balancer = await startTcpBalancer();
});

afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
  await balancer.stop();
});

interface Found {
  /** The identifiers of the customers that callers know to be updated. */
  readonly updated: string[];
  /** Whatever a caller got, beside 200. */
  readonly others: string[];
}

/** One caller of the balancer, with one connection at a time: a new customer each time, and repetitions that heal. */
async function call(found: Found, firstCustomer: number, isEnough: () => boolean): Promise<void> {
  const pool = new Pool(balancer.url, { connections: 1 });
  for (let customer = firstCustomer; !isEnough(); customer += CALLERS) {
    const identifiers = [{ type: 'mobile', value: String(917700000000 + customer) }];
    const [method, path, body] =
      customer % 2 === 0
        ? (['PATCH', '/v1/customers', aCustomerUpdate({ identifiers })] as const)
        : (['POST', '/v1/loyalty/enrollments', anEnrollment({ identifiers, loyaltyPoints: 3 })] as const);
    const headers = {
      Authorization: `Bearer ${FREE_KEY}`,
      'Content-Type': 'application/json',
      // One key for all tries: a request that was refused left nothing behind, and one that was served is not repeated.
      'Idempotency-Key': randomUUID(),
    };
    for (let answer = ''; answer !== '200';) {
      // oxlint-disable-next-line no-await-in-loop -- the caller sends one request after the other
      answer = await ask(pool, { method, path, headers, body: JSON.stringify(body) });
      if (answer !== '200') found.others.push(answer);
      if (!HEALED.has(answer) && answer !== '200') return;
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await pause(answer === '200' ? PAUSE_MS : RETRY_AFTER_MS);
    }
    found.updated.push(`mobile:${identifiers[0]?.value}`);
  }
  await pool.close();
}

/** @returns the status, with the type of the problem; or why there is no response */
async function ask(pool: Pool, request: Dispatcher.RequestOptions): Promise<string> {
  try {
    const { statusCode, body, headers } = await pool.request(request);
    const text = await body.text();
    if (statusCode === 200) return '200';
    if (headers['retry-after'] !== '1') return `${statusCode} without Retry-After`;
    return `${statusCode} ${(JSON.parse(text) as { type: string }).type}`;
  } catch (error) {
    return error instanceof errors.SocketError || (error as NodeJS.ErrnoException).code === 'ECONNRESET'
      ? 'no response'
      : String(error);
  }
}

/** Returns the customers of all items that the vendor was sent, in the order of the calls. */
async function sentCustomers(): Promise<string[]> {
  const calls = await sandbox.calls('bulk');
  return calls.flatMap(({ body }) =>
    (body as { profiles: { identifiers: { type: string; value: string }[] }[] }[]).map(({ profiles }) => {
      const [identifier] = profiles[0]?.identifiers ?? [];
      return `${identifier?.type}:${identifier?.value}`;
    }),
  );
}

describe('a rolling update of two replicas behind a balancer', () => {
  it.each([
    ['only with 503 where a balancer has time to notice', '1500', ['503 /problems/shutting-down']],
    [
      'with 503 or a closed connection where it has none',
      '0',
      ['503 /problems/shutting-down', 'no response'],
    ],
  ])('fails requests %s, and loses no update', async (_what, SHUTDOWN_DELAY_MS, allowed) => {
    if (serverUrl === undefined) {
      console.warn('NO ROLLING UPDATE IS TESTED: there is no PostgreSQL on this machine.');
      return;
    }
    const DATABASE_URL = await createPreparedDatabase();
    const start = async (): Promise<Service> => {
      const service = await startService(sandbox.url, { DATABASE_URL, SHUTDOWN_DELAY_MS });
      running.push(service);
      balancer.add(service.url);
      return service;
    };
    const before = [await start(), await start()];
    await until(async () => (await fetch(`${balancer.url}/health/ready`).catch(() => undefined))?.ok);

    const found: Found = { updated: [], others: [] };
    let isEnough = false;
    const callers = Array.from({ length: CALLERS }, (_, first) => call(found, first, () => isEnough));
    const more = async (): Promise<void> => {
      const enough = found.updated.length + UPDATES_BETWEEN;
      await until(() => found.updated.length >= enough || found.others.some((one) => !HEALED.has(one)));
    };
    await more();
    for (const old of before) {
      // As an orchestrator does it: the new instance is ready before the old one is asked to end.
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await start();
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await more();
      // oxlint-disable-next-line no-await-in-loop -- likewise
      expect(await old.stop()).toBe(0);
      balancer.remove(old.url);
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await more();
    }
    isEnough = true;
    await Promise.all(callers);

    expect(found.others.filter((one) => !allowed.includes(one))).toEqual([]);
    expect((await sentCustomers()).toSorted()).toEqual(found.updated.toSorted());
    expect((await sandbox.ledger()).length).toBe(
      found.updated.filter((one) => Number(one.slice(-1)) % 2 === 1).length,
    );
    const served = running.map(({ program }) =>
      program.events().some(({ event, status }) => event === 'request.completed' && status === 200),
    );
    expect(served).toEqual([true, true, true, true]);
  });
});
