import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RawAnswer, sendRaw } from '../fuzz/raw-http.js';
import { HEAP_OF_START, residentBytes } from '../harness/memory.js';
import { openRaw } from '../harness/raw-connection.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

/** The growth allowed: more than ordinary work needs, far less than the bytes sent. */
const MAX_GROWTH_BYTES = 200_000_000;
const MB = 1024 * 1024;

const sandbox = useSandbox();
const service = useService(sandbox, HEAP_OF_START);
let calmBytes: number;

beforeAll(async () => {
  // The first requests load code, which does not count.
  await service.send('POST', '/v1/customers/batch', { customers: [] });
  await service.send('POST', '/v1/imports?kind=customers', '[]');
});

/** Measures the peak memory while a promise is pending. */
async function watched<T>(running: Promise<T>): Promise<{ mostBytes: number; result: T }> {
  let mostBytes = 0;
  const look = (): void => {
    mostBytes = Math.max(mostBytes, residentBytes(service));
  };
  const timer = setInterval(look, 20);
  const result = await running;
  clearInterval(timer);
  look();
  return { mostBytes, result };
}

beforeEach(() => {
  calmBytes = residentBytes(service);
});

afterEach(async () => {
  expect((await service.send('GET', '/health/live')).status).toBe(200);
  expect(await sandbox.calls('bulk')).toHaveLength(0);
});

function head(method: string, path: string, headers: Record<string, string>): string {
  const all = { Host: 'localhost', Connection: 'close', ...service.authorization, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function* repeated(piece: Buffer, count: number): Generator<Buffer> {
  for (let index = 0; index < count; index += 1) yield piece;
}

function* asChunks(pieces: Iterable<Buffer>): Generator<string | Buffer> {
  for (const piece of pieces) {
    yield `${piece.length.toString(16)}\r\n`;
    yield piece;
    yield '\r\n';
  }
  yield '0\r\n\r\n';
}

function* after(first: string, others: Iterable<string | Buffer>): Generator<string | Buffer> {
  yield first;
  yield* others;
}

const CHUNKED = { 'Transfer-Encoding': 'chunked' };

async function refusal(pieces: Iterable<string | Buffer>): Promise<{ status: number; type: string }> {
  const { mostBytes, result } = await watched<RawAnswer | undefined>(sendRaw(service.url, pieces));
  expect(mostBytes - calmBytes).toBeLessThan(MAX_GROWTH_BYTES);
  const problem = JSON.parse(result?.body ?? '{}') as { type: string };
  return { status: result?.status ?? 0, type: problem.type };
}

function sent(method: string, path: string, body: string): Iterable<string | Buffer> {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) };
  return after(head(method, path, headers), [body]);
}

const invalid = { status: 400, type: '/problems/invalid-request' };
const malformed = { status: 400, type: '/problems/malformed-json' };
const tooLarge = { status: 413, type: '/problems/body-too-large' };

describe('an oversized request', () => {
  it.each([['{}'], ['0'], ['{"identifiers":[{}]}']])(
    'is rejected with little memory: 100,000 elements %s',
    async (element) => {
      const elements = `${element},`.repeat(99_999) + element;
      const path = '/v1/customers/batch?onInvalid=skip';

      expect(await refusal(sent('POST', path, `{"customers":[${elements}]}`))).toEqual(invalid);
    },
  );

  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('is rejected with little memory: 100,000 nested %s', async (_kind, open, close) => {
    const body = `${open.repeat(100_000)}1${close.repeat(100_000)}`;

    expect(await refusal(sent('PATCH', '/v1/customers', body))).toEqual(malformed);
  });

  it('is rejected with little memory: 10 MB of header fields', async () => {
    const field = Buffer.from(`X-Field: ${'x'.repeat(1000)}\r\n`);
    const start = 'GET /v1/imports HTTP/1.1\r\nHost: localhost\r\n';

    const { status } = await refusal(after(start, repeated(field, 10_000)));

    // A client that is still writing when the connection ends may not see the response.
    expect([0, 431]).toContain(status);
  });

  it('is rejected with little memory: a body of 10 MB with Content-Length', async () => {
    const body = `"${'x'.repeat(10_000_000)}"`;

    expect(await refusal(sent('PATCH', '/v1/customers', body))).toEqual(tooLarge);
  });

  it('is rejected with little memory: a chunked body of 2 GB', async () => {
    const headers = { 'Content-Type': 'application/json', ...CHUNKED };
    const body = asChunks(repeated(Buffer.alloc(MB, ' '), 2048));

    expect(await refusal(after(head('PATCH', '/v1/customers', headers), body))).toEqual(tooLarge);
  });
});

/** 100 MB in 100 KB; a gzip file may contain any number of such members. */
const PART = gzipSync(Buffer.alloc(100_000_000));
const PARTS_OF_10_GB = 100;

describe('requests with unread responses', () => {
  it('take little memory: 15,000 for the document, on connections that are never read', async () => {
    const get = 'GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const unread = Array.from({ length: 10 }, () => openRaw(service.url, get.repeat(1500)));
    for (const { socket } of unread) socket.pause();
    const { mostBytes } = await watched(wait(3000));
    for (const { socket } of unread) socket.destroy();
    expect(mostBytes - calmBytes).toBeLessThan(MAX_GROWTH_BYTES);
    const logged = service.program.events().filter(({ endpoint }) => endpoint === '/openapi.json');
    expect(logged.length).toBeLessThanOrEqual(10);
  });
});

describe('an oversized upload', () => {
  it.each(['application/x-ndjson', 'application/json', 'text/csv'])(
    'is rejected with little memory: 10 GB of zeros in 10 MB of gzip, as %s',
    async (type) => {
      const headers = { 'Content-Type': type, 'Content-Encoding': 'gzip', ...CHUNKED };
      const body = asChunks(repeated(PART, PARTS_OF_10_GB));
      const { status } = await refusal(after(head('POST', '/v1/imports?kind=customers', headers), body));

      // A client that is still writing when the connection ends may not see the response.
      expect([0, 400, 413]).toContain(status);
    },
  );

  it('takes little memory when one line has 800 MB, and reports the line as invalid', async () => {
    const headers = { 'Content-Type': 'application/x-ndjson', ...CHUNKED };
    const path = '/v1/imports?kind=customers&dryRun=true';
    const body = asChunks(repeated(Buffer.alloc(MB), 800));
    const { mostBytes, result } = await watched(
      sendRaw(service.url, after(head('POST', path, headers), body)),
    );

    expect(mostBytes - calmBytes).toBeLessThan(MAX_GROWTH_BYTES);
    expect(result?.status).toBe(200);
    expect(JSON.parse(result?.body ?? '{}')).toMatchObject({ lines: 1, valid: 0, invalid: 1 });
  });
});
