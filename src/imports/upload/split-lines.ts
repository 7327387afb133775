import { LineBuffer } from './line-buffer.js';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The characters that end a line; empty for a last line without an end. */
export type LineEnd = '\n' | '\r\n' | '\r' | '';

/** One physical line. Its bytes are undefined if it is too long. */
export interface PhysicalLine {
  readonly bytes: Buffer | undefined;
  readonly end: LineEnd;
}

/**
 * Splits UTF-8 into physical lines, each with its own end: LF, CRLF and CR may be mixed. No byte of a longer character
 * has the value of a line end, so it can work on bytes.
 */
export class LineSplitter {
  private readonly line = new LineBuffer();
  /** Whether the last piece ended with CR: only the next byte shows whether it is half of CRLF. */
  private hasReturn = false;

  /** Yields each line that ends within the piece. */
  *split(piece: Buffer): Generator<PhysicalLine> {
    if (piece.length === 0) return;
    let from = 0;
    if (this.hasReturn) {
      this.hasReturn = false;
      const isCrlf = piece[0] === LINE_FEED;
      if (isCrlf) from = 1;
      yield this.take(isCrlf ? '\r\n' : '\r');
    }
    let feed = piece.indexOf(LINE_FEED, from);
    let carriage = piece.indexOf(CARRIAGE_RETURN, from);
    while (feed >= 0 || carriage >= 0) {
      const isFeed = carriage < 0 || (feed >= 0 && feed < carriage);
      const at = isFeed ? feed : carriage;
      this.line.add(piece.subarray(from, at));
      if (!isFeed && at === piece.length - 1) {
        this.hasReturn = true;
        return;
      }
      const end = isFeed ? '\n' : feed === carriage + 1 ? '\r\n' : '\r';
      from = at + end.length;
      yield this.take(end);
      if (feed >= 0 && feed < from) feed = piece.indexOf(LINE_FEED, from);
      if (carriage >= 0 && carriage < from) carriage = piece.indexOf(CARRIAGE_RETURN, from);
    }
    this.line.add(piece.subarray(from));
  }

  /** Yields the last line, if the upload does not end with a line end that was already taken. */
  *end(): Generator<PhysicalLine> {
    if (this.hasReturn) yield this.take('\r');
    else if (!this.line.isEmpty) yield this.take('');
  }

  private take(end: LineEnd): PhysicalLine {
    return { bytes: this.line.take(), end };
  }
}
