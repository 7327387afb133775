import { type AddressInfo, type Socket, connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeStalledConnections, rejectPipelining } from './connection-limits.js';

const GET = (path: string): string => `GET /${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** Larger than the socket buffers between two programs on one machine. */
const LARGE = Buffer.alloc(50_000_000, 'x');

let server: FastifyInstance;
let handled: string[];
let answer: () => void;
const sockets: Socket[] = [];

beforeEach(async () => {
  handled = [];
  const isTime = new Promise<void>((resolve) => (answer = resolve));
  server = fastify({ forceCloseConnections: true });
  rejectPipelining(server);
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

/** Reads everything until the connection ends. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for await (const piece of socket.setEncoding('latin1')) text += String(piece);
  return text;
}

describe(rejectPipelining.name, () => {
  it('responds to the first of several pipelined requests, and closes the connection', async () => {
    const socket = await open(GET('slow') + GET('second') + GET('third'));
    await expect.poll(() => handled).toEqual(['slow']);
    answer();
    const text = await readAll(socket);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(1);
    expect(text).toMatch(/connection: close[\s\S]*slow$/i);
    expect(handled).toEqual(['slow']);
  });

  it('accepts one request after the other on a connection', async () => {
    const socket = await open(GET('first'));
    const received: string[] = [];
    socket.setEncoding('latin1').on('data', (text: string) => received.push(text));
    await expect.poll(() => received).toHaveLength(1);
    socket.write(GET('second'));
    await expect.poll(() => received).toHaveLength(2);
    expect(handled).toEqual(['first', 'second']);
  });

  it('closes a connection with hundreds of pipelined requests at once', async () => {
    const socket = await open(GET('slow') + GET('more').repeat(500));
    expect(await readAll(socket)).toBe('');
    expect(handled).toEqual(['slow']);
  });
});

describe(closeStalledConnections.name, () => {
  it('closes a connection with an unread response, and no other', async () => {
    closeStalledConnections(server.server, 200);
    const unread = await open(GET('large'));
    unread.pause();
    const slow = await open(GET('slow'));
    await expect.poll(() => handled).toEqual(['large', 'slow']);
    const count = () => new Promise((resolve) => server.server.getConnections((_, found) => resolve(found)));
    await expect.poll(count, { timeout: 5000 }).toBe(1);
    answer();
    let received = '';
    slow.setEncoding('latin1').on('data', (text: string) => (received += text));
    await expect.poll(() => received).toContain('200 OK');
  });

  it('continues with a client that reads slowly', async () => {
    closeStalledConnections(server.server, 200);
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
