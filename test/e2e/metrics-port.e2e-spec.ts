import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { parseMetrics, valueOf } from '../harness/parse-metrics.js';
import { openRaw } from '../harness/raw-connection.js';
import { type Service, startService } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';

const sandbox = useSandbox({ resetBeforeEach: true });

/** Starts a service with a port for metrics, and returns the URL of that too. */
async function start(): Promise<{ service: Service; url: string }> {
  const service = await startService(sandbox.url, { METRICS_PORT: '0', UPSTREAM_TIMEOUT_MS: '10000' });
  const listening = await service.program.waitForEvent(({ event }) => event === 'metrics.listening');
  return { service, url: String(listening['url']) };
}

describe('METRICS_PORT', () => {
  it('serves the metrics, and nothing else, to everyone on loopback', async () => {
    const { service, url } = await start();
    const answer = await fetch(`${url}/metrics`);
    expect(answer.status).toBe(200);
    expect(parseMetrics(await answer.text()).has('meniscus_build_info')).toBe(true);
    const head = await fetch(`${url}/metrics?x=1`, { method: 'HEAD' });
    expect({ status: head.status, text: await head.text() }).toEqual({ status: 200, text: '' });

    for (const path of ['/', '/metrics/', '/health/live', '/v1/customers', '/ops']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await fetch(url + path)).status).toBe(404);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const refused = await fetch(`${url}/metrics`, { method });
      expect({ status: refused.status, allow: refused.headers.get('allow') }).toEqual({
        status: 405,
        allow: 'GET, HEAD',
      });
    }

    const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all);
    const outside = addresses.find(({ internal, family }) => !internal && family === 'IPv4');
    if (outside) {
      const { port } = new URL(url);
      await expect(fetch(`http://${outside.address}:${port}/metrics`)).rejects.toThrow('fetch failed');
    }
    await service.stop();
  });

  it('works during the shutdown, until the last update has its outcome', async () => {
    const { service, url } = await start();
    await sandbox.fault({ kind: 'latency', ms: 1500 });
    const answer = service.send('PATCH', '/v1/customers', aCustomerUpdate());
    await sandbox.called();
    const ended = service.stop();
    await service.program.waitForEvent(({ event }) => event === 'drain.begun');
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(valueOf(text, 'meniscus_pending_updates', { class: 'interactive' })).toBe(1);
    expect(await answer).toMatchObject({ status: 200 });
    expect(await ended).toBe(0);
  });

  it('lets no slow client hold the shutdown', async () => {
    const { service, url } = await start();
    const silent = openRaw(url);
    const half = openRaw(url, 'GET /metrics HTTP/1.1\r\n');
    const unread = openRaw(url, 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100));
    unread.socket.pause();
    await until(() => unread.socket.bytesWritten > 0);
    // The program would be killed after 10 s, and have no exit code.
    expect(await service.stop()).toBe(0);
    for (const { socket } of [silent, half, unread]) socket.destroy();
  });
});
