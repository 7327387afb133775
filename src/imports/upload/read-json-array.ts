import { Problem, invalidRequest } from '../../problems/problem.js';
import { LineBytes } from './line-splitter.js';
import { readJsonLine } from './read-json-line.js';
import type { ReadLine } from './read-line.js';

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
 * Cuts a JSON array at the commas between its elements, and does not look further into them. What marks a cut is ASCII,
 * and no byte of a longer character of UTF-8 is, so characters need not be told apart.
 */
class ArrayCutter {
  private readonly element = new LineBytes();
  private place: 'before' | 'inside' | 'after' = 'before';
  private hasElements = false;
  /** How many lists and objects are open within the element. */
  private depth = 0;
  private isString = false;
  private isEscaped = false;

  /** @returns the bytes of each element that ends within the piece; undefined for one that is too long */
  *cut(piece: Buffer): Generator<Buffer | undefined> {
    let from = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] ?? 0;
      if (this.place !== 'inside') {
        this.pass(byte);
        from = at + 1;
      } else if (this.isCut(byte)) {
        this.element.add(piece.subarray(from, at));
        from = at + 1;
        if (byte === ARRAY_CLOSES) this.place = 'after';
        if (byte === COMMA || this.hasElements || !this.element.isEmpty) yield this.element.take();
        this.hasElements = true;
      } else if (from === at && this.element.isEmpty && isSpace(byte)) {
        from = at + 1; // before an element
      }
    }
    this.element.add(piece.subarray(from));
  }

  /** @throws Problem where the body is not over yet, or never was an array */
  end(): void {
    if (this.place === 'before') throw notAnArray();
    if (this.place === 'inside') throw unreadable('The array ends too early.');
  }

  /** Goes over a byte that stands around the array. */
  private pass(byte: number): void {
    if (isSpace(byte)) return;
    if (this.place === 'after') throw unreadable('Something follows the array.');
    if (byte !== ARRAY_OPENS) throw notAnArray();
    this.place = 'inside';
  }

  /** Whether an element ends before this byte. */
  private isCut(byte: number): boolean {
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
  return invalidRequest([{ pointer: '', message: 'must be an array' }]);
}

function unreadable(detail: string): Problem {
  return new Problem('upload-unreadable', { detail });
}

/**
 * Reads one JSON array, each element as a line, numbered from 1. What is wrong within an element is told of that alone.
 *
 * @throws Problem `invalid-request` where it is no array; `upload-unreadable` where it does not end with the body
 */
export async function* readJsonArray(bytes: AsyncIterable<Buffer>): AsyncGenerator<ReadLine> {
  const cutter = new ArrayCutter();
  let line = 0;
  for await (const piece of bytes) {
    for (const element of cutter.cut(piece)) {
      line += 1;
      yield readJsonLine(element, line);
    }
  }
  cutter.end();
}
