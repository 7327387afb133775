import { type AddressInfo, type Socket, connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cutUnread, refusePipelines } from './connections.js';

const GET = (path: string): string => `GET /${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** More than the buffers between two programs of one machine hold. */
const LARGE = Buffer.alloc(50_000_000, 'x');

let server: FastifyInstance;
let handled: string[];
let answer: () => void;
const sockets: Socket[] = [];

beforeEach(async () => {
  handled = [];
  const isTime = new Promise<void>((resolve) => (answer = resolve));
  server = fastify({ forceCloseConnections: true });
  refusePipelines(server);
  server.get('/:name', async ({ params }) => {
    const { name } = params as { name: string };
    handled.push(name);
    if (name === 'slow') await isTime;
    return name === 'large' ? LARGE : name;
  });
});

afterEach(async () => {
  answer();
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

async function open(bytes: string): Promise<Socket> {
  if (!server.server.listening) await server.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.write(bytes);
  return socket;
}

/** All that was answered until the connection ended. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for await (const piece of socket.setEncoding('latin1')) text += String(piece);
  return text;
}

describe(refusePipelines.name, () => {
  it('answers the first of several requests that come at once, and ends the connection', async () => {
    const socket = await open(GET('slow') + GET('second') + GET('third'));
    await expect.poll(() => handled).toEqual(['slow']);
    answer();
    const text = await readAll(socket);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(1);
    expect(text).toMatch(/connection: close[\s\S]*slow$/i);
    expect(handled).toEqual(['slow']);
  });

  it('takes one request after the other on a connection', async () => {
    const socket = await open(GET('first'));
    const told: string[] = [];
    socket.setEncoding('latin1').on('data', (text: string) => told.push(text));
    await expect.poll(() => told).toHaveLength(1);
    socket.write(GET('second'));
    await expect.poll(() => told).toHaveLength(2);
    expect(handled).toEqual(['first', 'second']);
  });

  it('ends a connection at once on which hundreds come', async () => {
    const socket = await open(GET('slow') + GET('more').repeat(500));
    expect(await readAll(socket)).toBe('');
    expect(handled).toEqual(['slow']);
  });
});

describe(cutUnread.name, () => {
  it('ends a connection whose answer lies unread, and no other', async () => {
    cutUnread(server.server, 200);
    const unread = await open(GET('large'));
    unread.pause();
    const slow = await open(GET('slow'));
    await expect.poll(() => handled).toEqual(['large', 'slow']);
    const count = () => new Promise((resolve) => server.server.getConnections((_, found) => resolve(found)));
    await expect.poll(count, { timeout: 5000 }).toBe(1);
    answer();
    let told = '';
    slow.setEncoding('latin1').on('data', (text: string) => (told += text));
    await expect.poll(() => told).toContain('200 OK');
  });

  it('goes on with whoever reads slowly', async () => {
    cutUnread(server.server, 200);
    const slow = await open(GET('large'));
    let bytes = 0;
    slow.on('data', (piece: Buffer) => {
      bytes += piece.length;
      slow.pause();
      void wait(1).then(() => slow.resume());
    });
    await expect.poll(() => bytes, { timeout: 20_000 }).toBeGreaterThan(LARGE.length);
  });
});
