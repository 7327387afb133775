import { LineBytes } from './line-splitter.js';
import { readJsonLine } from './read-json-line.js';
import type { ReadLine } from './read-line.js';

const NEWLINE = 0x0a;

function isBlank(line: Buffer): boolean {
  return line.toString('latin1').trim() === '';
}

/** The bytes of each line, without its end; undefined for one that is too long. */
async function* splitLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer | undefined> {
  const line = new LineBytes();
  for await (const piece of bytes) {
    let from = 0;
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, from)) {
      line.add(piece.subarray(from, at));
      yield line.take();
      from = at + 1;
    }
    line.add(piece.subarray(from));
  }
  if (!line.isEmpty) yield line.take();
}

/** Reads one JSON object a line, numbered from 1. Empty lines count, and hold nothing. */
export async function* readNdjson(bytes: AsyncIterable<Buffer>): AsyncGenerator<ReadLine> {
  let line = 0;
  for await (const one of splitLines(bytes)) {
    line += 1;
    if (!one || !isBlank(one)) yield readJsonLine(one, line);
  }
}
