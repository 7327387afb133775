import { type AddressInfo, type Socket, connect } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lingerBeforeClosing } from './lingering-close.js';

/** More than the socket buffers between two programs on one machine. */
const BODY = Buffer.alloc(20_000_000, 'x');

let server: FastifyInstance;

beforeEach(async () => {
  server = fastify({ bodyLimit: 1000, forceCloseConnections: true });
  lingerBeforeClosing(server);
  server.addHook('onRequest', (request, reply, done) => {
    if (request.headers.authorization === undefined) done();
    else void reply.status(503).send('refused early');
  });
  server.post('/', async () => 'read');
  await server.listen({ port: 0, host: '127.0.0.1' });
});

afterEach(() => server.close());

/** Sends everything before it reads anything. */
async function sendThenRead(head: string): Promise<{ text: string; error: Error | undefined }> {
  const socket: Socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  let [text, error]: [string, Error | undefined] = ['', undefined];
  socket.once('error', (one) => (error = one));
  socket.write(head);
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.write(BODY, () => resolve());
  });
  socket.setEncoding('latin1').on('data', (piece) => (text += String(piece)));
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return { text, error };
}

const head = (...fields: string[]): string =>
  ['POST / HTTP/1.1', 'Host: a', 'Content-Type: application/json', ...fields, '', ''].join('\r\n');

describe(lingerBeforeClosing.name, () => {
  it('lets a caller read its response that sends all of a body over the limit first', async () => {
    const { text, error } = await sendThenRead(head(`Content-Length: ${BODY.length}`));
    expect(error).toBeUndefined();
    expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*}$/i);
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
    expect(text.split('\r\n\r\n')[1]).toHaveLength(length);
  });

  it('does so for a caller that wants its connection closed and is refused before its body is read', async () => {
    const fields = [`Content-Length: ${BODY.length}`, 'Connection: close', 'Authorization: x'];
    const { text, error } = await sendThenRead(head(...fields));
    expect(error).toBeUndefined();
    expect(text).toMatch(/^HTTP\/1\.1 503 [\s\S]*refused early$/);
  });
});
