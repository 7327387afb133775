import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';
import { isGzip, refuseEncodedBody } from './content-coding.js';
import { MAX_FORM_BYTES, openFormFile } from './form-file.js';
import { notGzip, recognizeFile, uploadTooLarge } from './recognize-file.js';
import { type StreamedType, readCharset, typeOfBody } from './upload-types.js';

/** The endpoint that accepts bodies of any length. */
export const STREAMED_ENDPOINT = '/v1/imports';

/** The file of a request to that endpoint. */
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

/** The body of a request to that endpoint, for its controller. */
export interface Upload {
  /**
   * Waits for the first bytes, which show what the file is.
   *
   * @throws Problem if it is a file that cannot be read, or a form without exactly one file
   */
  open(): Promise<StreamedBody>;
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

/** Creates a stream that fails beyond a number of bytes. */
function limitBytes(maxBytes: number): Transform {
  let total = 0;
  return new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      total += piece.length;
      if (total <= maxBytes) done(null, piece);
      else done(uploadTooLarge(maxBytes));
    },
  });
}

/** Creates a stream that decompresses into the body. */
function gunzipInto(body: Transform): Transform {
  const gunzip = createGunzip();
  gunzip.once('error', () => {
    body.destroy(notGzip());
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

/** Opens a body, which is the file itself, or a form that has the file. */
async function openBody(body: Readable, contentType: string, maxBytes: number): Promise<StreamedBody> {
  const type = typeOfBody(contentType);
  const file = type ? { type, contentType, bytes: body } : await openFormFile(body, contentType);
  const charset = readCharset(file.contentType);
  return {
    type: file.type,
    ...(charset !== undefined && { charset }),
    bytes: await recognizeFile(file.bytes, maxBytes),
  };
}

/**
 * Passes the body of an import to its controller as a stream, decompressed if it is gzip. The upload may take any time
 * as long as bytes keep arriving. Other endpoints are not affected.
 *
 * @param maxBytes the limit after decompression
 */
export function streamBodies(server: FastifyInstance, maxBytes: number): void {
  server.addHook('preParsing', async (request, _reply, payload) => {
    if (!isStreamed(request)) {
      refuseEncodedBody(request);
      return payload;
    }
    const isForm = typeOfBody(request.raw.headers['content-type']) === undefined;
    const body = limitBytes(isForm ? maxBytes + MAX_FORM_BYTES : maxBytes);
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
    if (isStreamed(request)) {
      const open = () => openBody(bytes, request.raw.headers['content-type'] ?? '', maxBytes);
      done(null, { open } satisfies Upload);
    } else done(new Problem('unsupported-media-type', { detail: 'The body must be application/json.' }));
  });
}
