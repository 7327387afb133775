import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { PassThrough, type Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemException } from './problem.js';

/** The endpoint that takes bodies of any length. */
const STREAMED_ENDPOINT = '/v1/imports';
const STREAMED_TYPES = ['application/x-ndjson', 'text/csv'];

/** From one byte of an upload to the next. */
const SILENCE_MS = 30_000;

/** Connections with an upload that may take longer than any other request. */
const uploading = new WeakSet<Socket>();

/** Whether the server's limit on the time of a whole request does not hold here. */
export function isUploading(socket: Socket): boolean {
  return uploading.has(socket);
}

function isStreamed({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'POST' && routeOptions.url === STREAMED_ENDPOINT;
}

/** The encoded length is what Fastify compares with Content-Length. */
type Body = Transform & { receivedEncodedLength?: number };

const bodies = new WeakMap<IncomingMessage, Body>();

/**
 * Hands on what arrives, until the body is wanted no more: the rest is thrown away then, for a while, so that an
 * answer can be read by a caller who still writes.
 */
function feed(body: Body, arriving: Readable): void {
  const silence = setTimeout(() => {
    if (arriving.isPaused())
      silence.refresh(); // read slower than it arrives
    else body.destroy(new ProblemException('request-timeout', `Nothing arrived for ${SILENCE_MS} ms.`));
  }, SILENCE_MS);
  body.receivedEncodedLength = 0;
  body.on('error', () => undefined); // whoever reads it is told
  body.once('close', () => {
    clearTimeout(silence);
    arriving.unpipe(body);
    arriving.resume();
    const isOver = (): boolean => arriving.readableEnded || arriving.destroyed;
    setTimeout(() => void (isOver() || arriving.destroy()), SILENCE_MS).unref();
  });
  const cutOff = (): void => {
    if (!arriving.readableEnded) {
      body.destroy(new ProblemException('request-timeout', 'The upload was cut off.'));
    }
  };
  arriving.once('error', cutOff);
  arriving.once('close', cutOff);
  arriving.on('data', (piece: Buffer) => {
    body.receivedEncodedLength = (body.receivedEncodedLength ?? 0) + piece.length;
    silence.refresh();
  });
  arriving.pipe(body);
}

/**
 * Lets the body of an import arrive as a stream: as slowly as its caller likes, as long as something comes, and
 * decompressed where it is gzip. All other endpoints read as before.
 */
export function streamBodies(server: FastifyInstance): void {
  server.addHook('preParsing', async (request, _reply, payload) => {
    if (!isStreamed(request)) return payload;
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity' && encoding !== 'gzip') {
      throw new ProblemException('unsupported-media-type', 'The body must be gzip, or not encoded.');
    }
    uploading.add(request.raw.socket);
    const body: Body = encoding === 'gzip' ? createGunzip() : new PassThrough();
    feed(body, payload);
    bodies.set(request.raw, body);
    return body;
  });
  server.addHook('onResponse', async ({ raw }) => {
    uploading.delete(raw.socket);
    bodies.get(raw)?.destroy();
  });
  server.addContentTypeParser(STREAMED_TYPES, (request, payload, done) => {
    if (isStreamed(request)) done(null, payload);
    else done(new ProblemException('unsupported-media-type', 'The body must be application/json.'));
  });
}
