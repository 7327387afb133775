import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';

/** The endpoint that takes bodies of any length. */
const STREAMED_ENDPOINT = '/v1/imports';

export const STREAMED_TYPES = ['application/json', 'application/x-ndjson', 'text/csv'] as const;
export type StreamedType = (typeof STREAMED_TYPES)[number];

/** What a controller finds as the body of a request to that endpoint. */
export interface StreamedBody {
  readonly type: StreamedType;
  /**
   * Decompressed, as they arrive. Reading them throws a Problem where they are too many or no gzip, and where
   * they were cut off.
   */
  readonly bytes: AsyncIterable<Buffer>;
}

/** The server knows a body by its type alone, and would read JSON as a whole: here each type is told to be this one. */
const ANY_STREAM = 'application/octet-stream';

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

const bodies = new WeakMap<IncomingMessage, Transform>();

function readType({ headers }: IncomingMessage): StreamedType {
  const given = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  const type = STREAMED_TYPES.find((one) => one === given);
  if (type) return type;
  throw new Problem('unsupported-media-type', { detail: `The body must be ${STREAMED_TYPES.join(' or ')}.` });
}

function isGzip({ headers }: IncomingMessage): boolean {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'gzip' || encoding === 'identity') return encoding === 'gzip';
  throw new Problem('unsupported-media-type', { detail: 'The body must be gzip, or not encoded.' });
}

/** Lets so many bytes through. */
function bounded(maxBytes: number): Transform {
  let total = 0;
  return new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      total += piece.length;
      if (total <= maxBytes) done(null, piece);
      else {
        done(new Problem('body-too-large', { detail: `The upload is over the limit of ${maxBytes} bytes.` }));
      }
    },
  });
}

/** Decompresses into the body. */
function gunzipInto(body: Transform): Transform {
  const gunzip = createGunzip();
  gunzip.once('error', () => {
    body.destroy(new Problem('upload-unreadable', { detail: 'The body is not gzip, or ends too early.' }));
  });
  body.once('close', () => gunzip.destroy());
  gunzip.pipe(body);
  return gunzip;
}

/**
 * Hands on what arrives, until the body is wanted no more: the rest is thrown away then, for a while, so that an
 * answer can be read by a caller who still writes.
 *
 * @param entry where the bytes go in; the body itself, or what decompresses into it
 */
function feed(body: Transform, entry: Transform, arriving: Readable): void {
  const silence = setTimeout(() => {
    if (arriving.isPaused())
      silence.refresh(); // read slower than it arrives
    else body.destroy(new Problem('request-timeout', { detail: `Nothing arrived for ${SILENCE_MS} ms.` }));
  }, SILENCE_MS);
  body.on('error', () => undefined); // whoever reads it is told
  body.once('close', () => {
    clearTimeout(silence);
    arriving.unpipe(entry);
    arriving.resume();
    const isOver = (): boolean => arriving.readableEnded || arriving.destroyed;
    setTimeout(() => void (isOver() || arriving.destroy()), SILENCE_MS).unref();
  });
  const cutOff = (): void => {
    if (!arriving.readableEnded) {
      body.destroy(new Problem('request-timeout', { detail: 'The upload was cut off.' }));
    }
  };
  arriving.once('error', cutOff);
  arriving.once('close', cutOff);
  arriving.on('data', () => silence.refresh());
  arriving.pipe(entry);
}

/**
 * Lets the body of an import arrive as a stream: as slowly as its caller likes, as long as something comes, and
 * decompressed where it is gzip. All other endpoints read as before.
 *
 * @param maxBytes after decompression
 */
export function streamBodies(server: FastifyInstance, maxBytes: number): void {
  server.addHook('preParsing', async (request, _reply, payload) => {
    if (!isStreamed(request)) return payload;
    readType(request.raw);
    const body = bounded(maxBytes);
    const entry = isGzip(request.raw) ? gunzipInto(body) : body;
    uploading.add(request.raw.socket);
    feed(body, entry, payload);
    bodies.set(request.raw, body);
    request.headers = { 'content-type': ANY_STREAM }; // laid over those that were sent
    return body;
  });
  server.addHook('onResponse', async ({ raw }) => {
    uploading.delete(raw.socket);
    bodies.get(raw)?.destroy();
  });
  server.addContentTypeParser(ANY_STREAM, (request, bytes, done) => {
    if (isStreamed(request)) done(null, { type: readType(request.raw), bytes } satisfies StreamedBody);
    else done(new Problem('unsupported-media-type', { detail: 'The body must be application/json.' }));
  });
}
