import type { CsvForm } from '../../records/import-csv.repository.js';
import { Problem } from '../../problems/problem.js';
import type { StreamedBody } from '../../http/streamed-bodies.js';
import type { StreamedType } from '../../http/upload-types.js';
import type { HeaderRules } from './csv-header.js';
import { readCsv } from './read-csv.js';
import { readJsonArray } from './read-json-array.js';
import type { UploadLine } from './upload-line.js';
import { readNdjson } from './read-ndjson.js';

type Reader = (
  bytes: AsyncIterable<Buffer>,
  rules: HeaderRules,
  onForm: (form: CsvForm) => void,
) => AsyncIterable<UploadLine>;

const READERS: Readonly<Record<StreamedType, Reader>> = {
  'application/json': readJsonArray,
  'application/x-ndjson': readNdjson,
  'text/csv': readCsv,
};

const BYTE_ORDER_MARK = Buffer.from('\u{feff}');

/** Removes the byte order mark with which some programs begin a file. */
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
 * Reads the lines of an upload while it arrives, no faster than the reader takes them.
 *
 * @param rules what the header of a CSV may have
 * @throws Problem if the upload cannot be read at all, or has too many lines
 */
export async function* readUpload(
  { type, bytes }: StreamedBody,
  maxLines: number,
  rules: HeaderRules,
  onForm: (form: CsvForm) => void = () => undefined,
): AsyncGenerator<UploadLine> {
  for await (const one of READERS[type](withoutMark(bytes), rules, onForm)) {
    if (one.line > maxLines) {
      throw new Problem('body-too-large', { detail: `The upload is over the limit of ${maxLines} lines.` });
    }
    yield one;
  }
}
