import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StubCounts, StubSettings } from './stub-control.js';

/**
 * Speaks the vendor's wire format with nothing behind it, because it shares the machine with the measured contender: it
 * stores no customers and checks no token. The sandbox does both.
 */

const WINDOW_MS = 60_000;

/** The value of the vendor's sample. Source: docs/vendor-contract.md section 5. */
const TOKEN_TTL_SECONDS = 300;

/** Longer than any pause of the bench, because a call on a connection that closes would fail. */
const KEEP_ALIVE_MS = 120_000;

interface WireItem {
  readonly profiles: unknown;
  readonly loyaltyInfo: unknown;
}

let settings: StubSettings = { latencyMs: 20, callsPerMinute: 0 };
let counts: StubCounts = { calls: 0, items: 0, refused: 0, tokens: 0 };
/** When each admitted call of the last window came. A refused call costs nothing, which favors peers that try again. */
let admittedAt: number[] = [];

function admits(now: number): boolean {
  if (settings.callsPerMinute === 0) return true;
  const gone = admittedAt.findIndex((at) => at + WINDOW_MS > now);
  if (gone !== 0) admittedAt.splice(0, gone < 0 ? admittedAt.length : gone);
  if (admittedAt.length >= settings.callsPerMinute) return false;
  admittedAt.push(now);
  return true;
}

function send(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      'Content-Type': 'application/json;charset=UTF-8',
      'Content-Length': Buffer.byteLength(text),
      'X-CAP-REQUEST-ID': randomUUID(),
    })
    .end(text);
}

/** Writes a success for every item, in the bare form with its identifiers. Source: docs/vendor-contract.md section 3. */
function writeResults(items: readonly WireItem[]): string {
  const results = items.map(({ profiles, loyaltyInfo }) =>
    JSON.stringify({ profiles, loyaltyInfo, errors: [{}], warnings: [] }),
  );
  return `[${results.join()}]`;
}

function answerBulkCall(body: string, response: ServerResponse): void {
  if (!admits(performance.now())) {
    counts.refused += 1;
    setTimeout(send, settings.latencyMs, response, 429, '{"errors":[{"status":false,"code":429}]}');
    return;
  }
  const items = JSON.parse(body) as WireItem[];
  counts.calls += 1;
  counts.items += items.length;
  setTimeout(send, settings.latencyMs, response, 200, writeResults(items));
}

function answerToken(response: ServerResponse): void {
  counts.tokens += 1;
  const data = { accessToken: randomUUID(), ttlSeconds: TOKEN_TTL_SECONDS };
  send(response, 200, JSON.stringify({ data, errors: null }));
}

function reset(body: string): void {
  settings = JSON.parse(body) as StubSettings;
  counts = { calls: 0, items: 0, refused: 0, tokens: 0 };
  admittedAt = [];
}

function answer({ method, url = '' }: IncomingMessage, body: string, response: ServerResponse): void {
  if (method === 'PUT' && url.startsWith('/v2/bulk')) return answerBulkCall(body, response);
  if (method === 'POST' && url === '/v3/oauth/token/generate') return answerToken(response);
  if (method === 'GET' && url === '/_stub/counts') return send(response, 200, JSON.stringify(counts));
  if (method === 'POST' && url === '/_stub/reset') {
    reset(body);
    return send(response, 200, '{}');
  }
  return send(response, 404, '{}');
}

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => (body += text));
  request.on('end', () => answer(request, body, response));
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ event: 'stub.listening', url: `http://127.0.0.1:${port}` }));
});

process.on('SIGTERM', () => process.exit(0));
