import { Problem } from '../../problems/problem.js';
import type { StreamedBody, StreamedType } from '../../http/streamed-bodies.js';
import { readCsv } from './read-csv.js';
import { readJsonArray } from './read-json-array.js';
import type { ReadLine } from './read-line.js';
import { readNdjson } from './read-ndjson.js';

const READERS: Readonly<Record<StreamedType, (bytes: AsyncIterable<Buffer>) => AsyncIterable<ReadLine>>> = {
  'application/json': readJsonArray,
  'application/x-ndjson': readNdjson,
  'text/csv': readCsv,
};

const BYTE_ORDER_MARK = Buffer.from('\u{feff}');

/** Some programs begin a file with this mark, which is no part of what it says. */
async function* withoutMark(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of bytes) {
    if (!start) {
      yield piece;
      continue;
    }
    start = Buffer.concat([start, piece]);
    if (start.length < BYTE_ORDER_MARK.length) continue;
    yield start.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
      ? start.subarray(BYTE_ORDER_MARK.length)
      : start;
    start = undefined;
  }
  if (start) yield start;
}

/**
 * Reads the lines of an upload as they arrive, and no faster than they are taken.
 *
 * @throws Problem where the upload cannot be read at all, or has too many lines
 */
export async function* readUpload({ type, bytes }: StreamedBody, maxLines: number): AsyncGenerator<ReadLine> {
  for await (const one of READERS[type](withoutMark(bytes))) {
    if (one.line > maxLines) {
      throw new Problem('body-too-large', { detail: `The upload is over the limit of ${maxLines} lines.` });
    }
    yield one;
  }
}
