import { ProblemException } from '../http/problem.js';
import { readCsv } from './read-csv.js';
import type { ReadLine } from './read-line.js';
import { readNdjson } from './read-ndjson.js';

export const UPLOAD_TYPES = ['application/x-ndjson', 'text/csv'] as const;
export type UploadType = (typeof UPLOAD_TYPES)[number];

/** How much may be uploaded. */
export interface UploadBounds {
  /** After decompression. */
  readonly maxBytes: number;
  readonly maxLines: number;
}

async function* withinBytes(bytes: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const piece of bytes) {
    total += piece.length;
    if (total > maxBytes) {
      throw new ProblemException('body-too-large', `The upload is over the limit of ${maxBytes} bytes.`);
    }
    yield piece;
  }
}

/** A JSON array that was read already, one element a line. */
export function* readArray(elements: readonly unknown[]): Generator<ReadLine> {
  for (const [index, value] of elements.entries()) yield { line: index + 1, value };
}

/**
 * Reads the lines of an upload as they arrive, and no faster than they are taken.
 *
 * @throws ProblemException where the upload cannot be read at all, or is too large
 */
export async function* readUpload(
  bytes: AsyncIterable<Buffer>,
  type: UploadType,
  { maxBytes, maxLines }: UploadBounds,
): AsyncGenerator<ReadLine> {
  const read = type === 'text/csv' ? readCsv : readNdjson;
  for await (const one of read(withinBytes(bytes, maxBytes))) {
    if (one.line > maxLines) {
      throw new ProblemException('body-too-large', `The upload is over the limit of ${maxLines} lines.`);
    }
    yield one;
  }
}
