import { describe, expect, it } from 'vitest';
import { makeKey } from '../../src/security/api-key.js';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { NDJSON } from '../harness/imports.js';
import { type Answer, FREE_KEY, keyRecord } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const [slow, small, single] = [makeKey(), makeKey(), makeKey()];

const sandbox = useSandbox();
const service = useService(sandbox, {}, [
  keyRecord(slow, { name: 'slow', limits: { requestsPerSecond: 2 } }),
  keyRecord(small, { name: 'small', limits: { updatesPerSecond: 1 } }),
  keyRecord(single, { name: 'single', limits: { concurrent: 1 } }),
]);

const ask = (key: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  service.send(method, path, body, { Authorization: `Bearer ${key}` });
const list = (key: string): Promise<Answer> => ask(key, 'GET', '/v1/imports');

function expectRefusal({ status, json, headers }: Answer, detail: string): void {
  expect({ status, json }).toMatchObject({
    status: 429,
    json: { type: '/problems/rate-limited', detail, outcome: 'failed', retryable: true },
  });
  expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
}

describe('a response', () => {
  it('reports the limits of the key, and what remains of them', async () => {
    const { headers } = await ask(FREE_KEY, 'PATCH', '/v1/customers', aCustomerUpdate());
    expect(headers.get('ratelimit-policy')).toBe(
      '"requests";q=10000;w=1, "updates";q=100000;w=1, "concurrent";q=5000;qu="concurrent-requests"',
    );
    expect(headers.get('ratelimit')).toMatch(
      /^"requests";r=\d+;t=\d, "concurrent";r=4999, "updates";r=\d+;t=\d$/,
    );
  });

  it('has no such fields at public endpoints', async () => {
    for (const path of ['/health/live', '/problems', '/openapi.json', '/docs']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { status, headers } = await ask(slow, 'GET', path);
      expect([path, status, headers.get('ratelimit')]).toEqual([path, 200, null]);
    }
  });
});

describe('a key beyond its limits', () => {
  it('is rejected beyond its requests a second, while other keys are not, and admitted later', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => list(slow)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    for (const one of refused) {
      expectRefusal(one, 'The limit is 2 requests a second.');
      expect(one.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=1/);
    }
    expect((await list(FREE_KEY)).status).toBe(200);
    await until(
      () => list(slow),
      ({ status }) => status === 200,
    );
  });

  it('is rejected beyond its updates a second, and sends nothing', async () => {
    const customers = Array.from({ length: 20 }, () => aCustomerUpdate());
    const before = (await sandbox.calls('bulk')).length;
    expect((await ask(small, 'POST', '/v1/customers/batch?dryRun=true', { customers })).status).toBe(200);
    const refused = await ask(small, 'PATCH', '/v1/customers', aCustomerUpdate());
    expectRefusal(refused, 'The limit is 1 updates a second.');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1);
    expect((await list(small)).status).toBe(200);
    expect(await sandbox.calls('bulk')).toHaveLength(before);
  });

  it('is rejected beyond its concurrent requests, and a stream of import events counts as one', async () => {
    const lines = `${JSON.stringify(aCustomerUpdate())}\n`;
    const headers = { 'Content-Type': NDJSON, Authorization: `Bearer ${single}` };
    await sandbox.set({ latencyMs: 2000 }); // keeps the import running until it is paused
    const { json } = await service.send('POST', '/v1/imports?kind=customers', lines, headers);
    await until(
      () => ask(single, 'POST', `/v1/imports/${json.id}/pause`),
      ({ status }) => status === 200,
    );
    const watching = new AbortController();
    const watched = await fetch(`${service.url}/v1/imports/${json.id}/events`, {
      headers: { Authorization: `Bearer ${single}` },
      signal: watching.signal,
    });
    expect(watched.status).toBe(200);
    expectRefusal(await list(single), 'The limit is 1 requests at a time.');
    watching.abort();
    await until(
      () => list(single),
      ({ status }) => status === 200,
    );
  });
});
