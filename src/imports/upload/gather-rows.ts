import { isUtf8 } from 'node:buffer';
import { tooLong } from './csv-problems.js';
import type { RowText } from './row-text.js';
import type { LineEnd, PhysicalLine } from './split-lines.js';
import type { UploadFormat } from './upload-format.js';
import { MAX_LINE_BYTES } from './upload-line.js';

/** A physical line as text. */
interface LineText extends Pick<RowText, 'text' | 'hasQuotes' | 'isDamaged'> {
  readonly end: LineEnd;
}

const QUOTE = '"';
const LINE_ENDS = { '\n': 'lf', '\r\n': 'crlf', '\r': 'cr' } as const;

function hasOddQuotes({ hasQuotes, text }: LineText): boolean {
  if (!hasQuotes) return false;
  let isOdd = false;
  for (let at = text.indexOf(QUOTE); at >= 0; at = text.indexOf(QUOTE, at + 1)) isOdd = !isOdd;
  return isOdd;
}

/**
 * Gathers physical lines into rows. A row ends at the first line end outside of quotes, which is where the number of its
 * quotes is even, because a quote within a cell is doubled.
 */
export class RowGatherer {
  private line = 0;
  private open: (LineText & { readonly line: number }) | undefined;
  private ends: UploadFormat['lineEnds'] | undefined;

  /** @param isConverted whether the upload was converted to UTF-8, with U+FFFD for bytes that its encoding does not have */
  constructor(private readonly isConverted: () => boolean) {}

  /** The line ends between rows so far; a single row without an end has none. */
  get lineEnds(): UploadFormat['lineEnds'] {
    return this.ends ?? 'lf';
  }

  /**
   * @returns the row that ends with this line; undefined if the row goes on, or the line is empty
   * @throws Problem `upload-unreadable` if the line is too long
   */
  add({ bytes, end }: PhysicalLine): RowText | undefined {
    this.line += 1;
    if (!bytes) {
      if (this.open) return this.end();
      throw tooLong(this.line);
    }
    const text = bytes.toString();
    const isDamaged = text.includes('\u{fffd}') && (this.isConverted() || !isUtf8(bytes));
    const next: LineText = { text, hasQuotes: text.includes(QUOTE), isDamaged, end };
    const isOdd = hasOddQuotes(next);
    if (this.open || isOdd) return this.gather(next, isOdd);
    this.noteEnd(end);
    if (text === '') return undefined;
    return {
      line: this.line,
      text,
      hasQuotes: next.hasQuotes,
      isDamaged,
      hasLineBreaks: false,
      isOpen: false,
    };
  }

  /** @returns the last row if it has a quote that is never closed */
  end(): RowText | undefined {
    return this.open && { ...this.open, hasLineBreaks: true, isOpen: true };
  }

  /** @param isOdd whether the line opens a quote that it does not close, or closes one that an earlier line opened */
  private gather(next: LineText, isOdd: boolean): RowText | undefined {
    const { open } = this;
    const row = {
      line: open?.line ?? this.line,
      text: open ? open.text + open.end + next.text : next.text,
      isDamaged: next.isDamaged || open?.isDamaged === true,
      hasQuotes: true,
      end: next.end,
    };
    this.open = row;
    if (row.text.length > MAX_LINE_BYTES) return this.end();
    if (!open || !isOdd) return undefined;
    this.open = undefined;
    this.noteEnd(next.end);
    return { ...row, hasLineBreaks: true, isOpen: false };
  }

  private noteEnd(end: LineEnd): void {
    if (end === '') return;
    const name = LINE_ENDS[end];
    if (this.ends !== name) this.ends = this.ends === undefined ? name : 'mixed';
  }
}
