import { parseJsonLine } from './parse-json-line.js';
import { type PhysicalLine, LineSplitter } from './split-lines.js';
import type { UploadLine } from './upload-line.js';

function isBlank(line: Buffer): boolean {
  return line.toString('latin1').trim() === '';
}

/** Yields the value of each line that is not empty. Empty lines count. */
function* readLines(lines: Iterable<PhysicalLine>, before: number): Generator<UploadLine, number> {
  let line = before;
  for (const { bytes } of lines) {
    line += 1;
    if (!bytes || !isBlank(bytes)) yield parseJsonLine(bytes, line);
  }
  return line;
}

/** Reads one JSON value per line. Lines are numbered from 1; empty lines count, and are skipped. */
export async function* readNdjson(bytes: AsyncIterable<Buffer>): AsyncGenerator<UploadLine> {
  const splitter = new LineSplitter();
  let line = 0;
  for await (const piece of bytes) line = yield* readLines(splitter.split(piece), line);
  yield* readLines(splitter.end(), line);
}
