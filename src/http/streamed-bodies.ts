import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';

/** The endpoint that accepts bodies of any length. */
const STREAMED_ENDPOINT = '/v1/imports';

export const STREAMED_TYPES = ['application/json', 'application/x-ndjson', 'text/csv'] as const;
export type StreamedType = (typeof STREAMED_TYPES)[number];

/** The body of a request to that endpoint, for its controller. */
export interface StreamedBody {
  readonly type: StreamedType;
  /** The `charset` of the content type, as it was sent; absent without one. */
  readonly charset?: string;
  /**
   * The decompressed bytes, as they arrive. Reading throws a Problem if they exceed the limit, are not valid gzip, or end
   * too early.
   */
  readonly bytes: AsyncIterable<Buffer>;
}

/** Fastify selects a parser by the content type and would read JSON as a whole, so this type replaces the given one. */
const STREAM_TYPE = 'application/octet-stream';

/** The longest pause between two bytes of an upload. */
const IDLE_TIMEOUT_MS = 30_000;

/** Connections with an upload in progress, which may take longer than any other request. */
const uploading = new WeakSet<Socket>();

/** Whether the connection has an upload in progress, which the time limit of a whole request does not apply to. */
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

function readCharset({ headers }: IncomingMessage): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(headers['content-type'] ?? '')?.[1];
}

function isGzip({ headers }: IncomingMessage): boolean {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'gzip' || encoding === 'identity') return encoding === 'gzip';
  throw new Problem('unsupported-media-type', { detail: 'The body must be gzip, or not encoded.' });
}

/** Creates a stream that fails beyond a number of bytes. */
function limitBytes(maxBytes: number): Transform {
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

/** Creates a stream that decompresses into the body. */
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
 * Pipes the arriving bytes into the body until the body is closed. After that it discards further bytes for a while, so
 * that a caller that is still sending can read the response.
 *
 * @param entry the body itself, or the stream that decompresses into it
 */
function pipeInto(body: Transform, entry: Transform, arriving: Readable): void {
  const idleTimer = setTimeout(() => {
    if (arriving.isPaused())
      idleTimer.refresh(); // the reader is slower than the caller
    else
      body.destroy(new Problem('request-timeout', { detail: `Nothing arrived for ${IDLE_TIMEOUT_MS} ms.` }));
  }, IDLE_TIMEOUT_MS);
  body.on('error', () => undefined); // the reader of the body gets the error
  body.once('close', () => {
    clearTimeout(idleTimer);
    arriving.unpipe(entry);
    arriving.resume();
    const isOver = (): boolean => arriving.readableEnded || arriving.destroyed;
    setTimeout(() => void (isOver() || arriving.destroy()), IDLE_TIMEOUT_MS).unref();
  });
  const cutOff = (): void => {
    if (!arriving.readableEnded) {
      body.destroy(new Problem('request-timeout', { detail: 'The upload was cut off.' }));
    }
  };
  arriving.once('error', cutOff);
  arriving.once('close', cutOff);
  arriving.on('data', () => idleTimer.refresh());
  arriving.pipe(entry);
}

/**
 * Passes the body of an import to its controller as a stream, decompressed if it is gzip. The upload may take any time
 * as long as bytes keep arriving. Other endpoints are not affected.
 *
 * @param maxBytes the limit after decompression
 */
export function streamBodies(server: FastifyInstance, maxBytes: number): void {
  server.addHook('preParsing', async (request, _reply, payload) => {
    if (!isStreamed(request)) return payload;
    readType(request.raw);
    const body = limitBytes(maxBytes);
    const entry = isGzip(request.raw) ? gunzipInto(body) : body;
    uploading.add(request.raw.socket);
    pipeInto(body, entry, payload);
    bodies.set(request.raw, body);
    request.headers = { 'content-type': STREAM_TYPE }; // replaces the headers that were sent
    return body;
  });
  server.addHook('onResponse', async ({ raw }) => {
    uploading.delete(raw.socket);
    bodies.get(raw)?.destroy();
  });
  server.addContentTypeParser(STREAM_TYPE, (request, bytes, done) => {
    if (!isStreamed(request)) {
      done(new Problem('unsupported-media-type', { detail: 'The body must be application/json.' }));
      return;
    }
    const charset = readCharset(request.raw);
    const body: StreamedBody = { type: readType(request.raw), bytes, ...(charset && { charset }) };
    done(null, body);
  });
}
