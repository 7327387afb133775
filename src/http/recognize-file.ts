import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Problem } from '../problems/problem.js';
import { SIGNATURE_BYTES, beginsLikeGzip, describeForeignFile } from './file-signatures.js';

/** Creates the problem of a body above the limit. */
export function uploadTooLarge(maxBytes: number): Problem {
  return new Problem('body-too-large', { detail: `The upload is over the limit of ${maxBytes} bytes.` });
}

export function notGzip(): Problem {
  return new Problem('upload-unreadable', { detail: 'The body is not gzip, or ends too early.' });
}

async function* limited(bytes: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const piece of bytes) {
    total += piece.length;
    if (total > maxBytes) throw uploadTooLarge(maxBytes);
    yield piece;
  }
}

async function* gunzipped(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(bytes);
  const gunzip = createGunzip();
  source.once('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    throw error instanceof Problem ? error : notGzip();
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

async function* joined(start: Buffer, others: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (start.length > 0) yield start;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- in the order of the bytes
      const next = await others.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await others.return?.();
  }
}

/** Reads as many bytes as it takes to recognize a file. The bytes after them are left to the iterator. */
async function readStart(bytes: AsyncIterator<Buffer>): Promise<Buffer> {
  let start: Buffer = Buffer.alloc(0);
  while (start.length < SIGNATURE_BYTES) {
    // oxlint-disable-next-line no-await-in-loop -- in the order of the bytes
    const next = await bytes.next();
    if (next.done) break;
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  return start;
}

/**
 * Recognizes a file by its first bytes, whatever its content type and name say: gzip is decompressed, and what is no text
 * is refused by name.
 *
 * @param maxBytes the limit after decompression
 * @returns the bytes of the text; reading them throws a Problem beyond the limit
 * @throws Problem `unsupported-media-type` with what the file is
 */
export async function recognizeFile(
  given: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<AsyncIterable<Buffer>> {
  let bytes = given[Symbol.asyncIterator]();
  let start = await readStart(bytes);
  if (beginsLikeGzip(start)) {
    bytes = gunzipped(joined(start, bytes));
    start = await readStart(bytes);
  }
  const foreign = describeForeignFile(start);
  if (foreign === undefined) return limited(joined(start, bytes), maxBytes);
  await bytes.return?.();
  throw new Problem('unsupported-media-type', { detail: foreign });
}
