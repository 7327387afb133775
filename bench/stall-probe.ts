import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Node loads it into the service with `--import`, so that the service itself has no code for it. It answers with the
 * longest stalls of the event loop since the last request: by the clock, and in processor time of the main thread, which
 * other programs on the machine do not change.
 */

const NS_PER_MS = 1e6;
const US_PER_MS = 1000;
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / US_PER_MS;
}

let before = threadMs();
let longestBusyMs = 0;
// At most one of these runs in each turn of the event loop.
setInterval(() => {
  const now = threadMs();
  longestBusyMs = Math.max(longestBusyMs, now - before);
  before = now;
}, 1).unref();

const server = createServer((_request, response) => {
  response.end(JSON.stringify({ stallMs: delay.max / NS_PER_MS, busyMs: longestBusyMs }));
  delay.reset();
  longestBusyMs = 0;
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ event: 'probe.listening', url: `http://127.0.0.1:${port}` }));
});
server.unref();
