import { Problem, invalidRequest } from '../../problems/problem.js';
import { LineBuffer } from './line-buffer.js';
import { parseJsonLine } from './parse-json-line.js';
import type { UploadLine } from './upload-line.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const ARRAY_OPENS = 0x5b;
const BACKSLASH = 0x5c;
const ARRAY_CLOSES = 0x5d;
const OBJECT_OPENS = 0x7b;
const OBJECT_CLOSES = 0x7d;

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/**
 * Splits a JSON array at the commas between its elements, and does not parse these. All separators are ASCII, and no byte
 * of a longer UTF-8 character is, so it can work on bytes.
 */
class ArraySplitter {
  private readonly element = new LineBuffer();
  private place: 'before' | 'inside' | 'after' = 'before';
  private hasElements = false;
  /** How many arrays and objects are open within the element. */
  private depth = 0;
  private isString = false;
  private isEscaped = false;

  /** Yields the bytes of each element that ends within the piece; undefined for an element that is too long. */
  *split(piece: Buffer): Generator<Buffer | undefined> {
    let from = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] ?? 0;
      if (this.place !== 'inside') {
        this.skip(byte);
        from = at + 1;
      } else if (this.endsElement(byte)) {
        this.element.add(piece.subarray(from, at));
        from = at + 1;
        if (byte === ARRAY_CLOSES) this.place = 'after';
        if (byte === COMMA || this.hasElements || !this.element.isEmpty) yield this.element.take();
        this.hasElements = true;
      } else if (from === at && this.element.isEmpty && isSpace(byte)) {
        from = at + 1; // white space before an element
      }
    }
    this.element.add(piece.subarray(from));
  }

  /** @throws Problem if the array has not ended, or the body is no array */
  end(): void {
    if (this.place === 'before') throw notAnArray();
    if (this.place === 'inside') throw unreadable('The array ends too early.');
  }

  /** Skips a byte before or after the array. */
  private skip(byte: number): void {
    if (isSpace(byte)) return;
    if (this.place === 'after') throw unreadable('Something follows the array.');
    if (byte !== ARRAY_OPENS) throw notAnArray();
    this.place = 'inside';
  }

  /** Whether an element ends before this byte. */
  private endsElement(byte: number): boolean {
    if (this.isString) {
      if (this.isEscaped) this.isEscaped = false;
      else if (byte === BACKSLASH) this.isEscaped = true;
      else if (byte === QUOTE) this.isString = false;
      return false;
    }
    if (byte === QUOTE) this.isString = true;
    else if (byte === OBJECT_OPENS || byte === ARRAY_OPENS) this.depth += 1;
    else if (this.depth === 0) return byte === COMMA || byte === ARRAY_CLOSES;
    else if (byte === OBJECT_CLOSES || byte === ARRAY_CLOSES) this.depth -= 1;
    return false;
  }
}

function notAnArray(): Problem {
  const params = { expected: 'array' };
  return invalidRequest([{ pointer: '', code: 'type', params, message: 'must be an array' }]);
}

function unreadable(detail: string): Problem {
  return new Problem('upload-unreadable', { detail });
}

/**
 * Reads one JSON array. Each element is a line, numbered from 1, and a mistake within an element affects only this line.
 *
 * @throws Problem `invalid-request` if the body is no array; `upload-unreadable` if the array does not end with the body
 */
export async function* readJsonArray(bytes: AsyncIterable<Buffer>): AsyncGenerator<UploadLine> {
  const splitter = new ArraySplitter();
  let line = 0;
  for await (const piece of bytes) {
    for (const element of splitter.split(piece)) {
      line += 1;
      yield parseJsonLine(element, line);
    }
  }
  splitter.end();
}
