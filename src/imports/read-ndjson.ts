import { readJsonBody } from '../http/json-body.js';
import { type Mistake, ProblemException } from '../http/problem.js';
import { LINE_TOO_LONG, MAX_LINE_BYTES, type ReadLine } from './read-line.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from('\u{feff}');

function withoutEnds(bytes: Buffer, line: number): Buffer {
  const start = line === 1 && bytes.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0;
  return bytes.subarray(start, bytes.at(-1) === CARRIAGE_RETURN ? -1 : undefined);
}

function parseLine(bytes: Buffer, line: number): ReadLine[] {
  const text = withoutEnds(bytes, line);
  if (text.toString('latin1').trim() === '') return [];
  try {
    return [{ line, value: readJsonBody(text) }];
  } catch (error) {
    if (!(error instanceof ProblemException)) throw error;
    return [{ line, mistakes: (error.extensions.errors ?? []) as Mistake[] }];
  }
}

/** The bytes of each line, without its end; undefined for one that is too long, which is not kept. */
async function* splitLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer | undefined> {
  let parts: Buffer[] = [];
  let length = 0;
  const take = (part: Buffer): void => {
    length += part.length;
    if (length <= MAX_LINE_BYTES) parts.push(part);
    else parts = [];
  };
  const end = (): Buffer | undefined => {
    const line = length <= MAX_LINE_BYTES ? Buffer.concat(parts) : undefined;
    parts = [];
    length = 0;
    return line;
  };
  for await (const piece of bytes) {
    let from = 0;
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, from)) {
      take(piece.subarray(from, at));
      yield end();
      from = at + 1;
    }
    take(piece.subarray(from));
  }
  if (length > 0) yield end();
}

/** Reads one JSON object a line, numbered from 1. Empty lines count, and hold nothing. */
export async function* readNdjson(bytes: AsyncIterable<Buffer>): AsyncGenerator<ReadLine> {
  let line = 0;
  for await (const one of splitLines(bytes)) {
    line += 1;
    if (one) yield* parseLine(one, line);
    else yield { line, mistakes: LINE_TOO_LONG };
  }
}
