import type { AddressInfo } from 'node:net';
import { createSandboxServer } from './server.ts';
import { freshState } from './state.ts';
import type { Sandbox } from './state.ts';

const {
  SANDBOX_PORT = '4010',
  SANDBOX_HOST = '127.0.0.1',
  SANDBOX_KEY = 'sandbox-key',
  SANDBOX_SECRET = 'sandbox-secret',
  SANDBOX_TILL = 'sandbox-till',
  SANDBOX_PASSWORD = 'sandbox-password',
} = process.env;

const port = Number(SANDBOX_PORT);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`SANDBOX_PORT must be a port number, 0 for any free one; it is "${SANDBOX_PORT}"`);
  process.exit(1);
}

const sandbox: Sandbox = {
  state: freshState(),
  credentials: { key: SANDBOX_KEY, secret: SANDBOX_SECRET, till: SANDBOX_TILL, password: SANDBOX_PASSWORD },
};
const server = createSandboxServer(sandbox);

server.on('error', (error) => {
  console.error(`The sandbox cannot listen on ${SANDBOX_HOST}:${port}: ${error.message}`);
  process.exit(1);
});

server.listen(port, SANDBOX_HOST, () => {
  const { port: boundPort } = server.address() as AddressInfo;
  const host = SANDBOX_HOST.includes(':') ? `[${SANDBOX_HOST}]` : SANDBOX_HOST;
  console.log(JSON.stringify({ event: 'sandbox.listening', url: `http://${host}:${boundPort}` }));
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    server.close();
    server.closeAllConnections();
    process.exit(0);
  });
}
