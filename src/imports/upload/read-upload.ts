import type { StreamedBody } from '../../http/streamed-bodies.js';
import { Problem } from '../../problems/problem.js';
import type { HeaderRules } from './csv-header.js';
import { CsvReader } from './read-csv.js';
import { readJsonArray } from './read-json-array.js';
import { readNdjson } from './read-ndjson.js';
import { Utf8Converter } from './upload-encoding.js';
import type { CsvOptions, UploadFormat } from './upload-format.js';
import type { UploadLine } from './upload-line.js';

/** The lines of an upload, which can be read once. */
export interface UploadReading extends AsyncIterable<UploadLine> {
  /** What was recognized in a CSV file, once its lines were read; undefined for JSON, which has nothing to recognize. */
  readonly format: () => UploadFormat | undefined;
}

/**
 * Reads the lines of an upload while it arrives, no faster than the reader takes them.
 *
 * @param rules what the header of a CSV may have
 * @throws Problem `unsupported-media-type` if its charset is not known. Reading throws a Problem if the upload cannot be
 * read at all, or has too many lines
 */
export function readUpload(
  { type, bytes, charset = 'utf-8' }: StreamedBody,
  maxLines: number,
  rules: HeaderRules,
  options: CsvOptions = {},
): UploadReading {
  const isCsv = type === 'text/csv';
  const converter = new Utf8Converter(charset, !isCsv);
  const converted = converter.convert(bytes);
  const within = (lines: AsyncIterable<UploadLine>): AsyncIterator<UploadLine> => limitLines(lines, maxLines);
  if (isCsv) {
    const reader = new CsvReader(rules, options, () => converter.encoding);
    return { [Symbol.asyncIterator]: () => within(reader.read(converted)), format: () => reader.format };
  }
  const read = type === 'application/json' ? readJsonArray : readNdjson;
  return { [Symbol.asyncIterator]: () => within(read(converted)), format: () => undefined };
}

async function* limitLines(lines: AsyncIterable<UploadLine>, maxLines: number): AsyncGenerator<UploadLine> {
  for await (const one of lines) {
    if (one.line > maxLines) {
      throw new Problem('body-too-large', { detail: `The upload is over the limit of ${maxLines} lines.` });
    }
    yield one;
  }
}
