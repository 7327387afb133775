import { TextDecoder } from 'node:util';
import { Problem } from '../../problems/problem.js';

const MARKS: readonly (readonly [encoding: string, mark: Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];
const LONGEST_MARK = 3;

/** The Encoding Standard reads these labels as windows-1252, and would turn UTF-8 into other characters. */
const ASCII_LABELS = new Set(['us-ascii', 'ascii']);

function createDecoder(charset: string, fatal: boolean): TextDecoder {
  try {
    return new TextDecoder(ASCII_LABELS.has(charset.toLowerCase()) ? 'utf-8' : charset, {
      fatal,
      ignoreBOM: true, // it was removed already; one that follows is a character
    });
  } catch {
    throw new Problem('unsupported-media-type', {
      detail:
        'The charset of Content-Type must be utf-8, utf-16le, utf-16be, windows-1252, or another encoding of the WHATWG Encoding Standard.',
    });
  }
}

/**
 * Converts an upload to UTF-8 without a byte order mark. The encoding is the one of the mark, else the charset of the
 * content type, else UTF-8. UTF-8 is passed on as it is, so its reader still sees which bytes are wrong.
 */
export class Utf8Converter {
  private decoder: TextDecoder;
  private start: Buffer | undefined = Buffer.alloc(0);

  /**
   * @param isStrict whether one byte that the encoding does not have refuses the whole upload
   * @throws Problem `unsupported-media-type` if the charset is not known
   */
  constructor(
    charset: string,
    private readonly isStrict: boolean,
  ) {
    this.decoder = createDecoder(charset, isStrict);
  }

  /** The name of the encoding, once the upload has begun. */
  get encoding(): string {
    return this.decoder.encoding;
  }

  async *convert(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of bytes) {
      const known = this.start ? this.recognize(piece) : piece;
      if (known) yield this.decode(known);
    }
    if (this.start) yield this.decode(this.withoutMark(this.start));
    if (this.encoding !== 'utf-8') yield this.decode();
  }

  /** Collects the first bytes. @returns the bytes after the mark; undefined while there are too few to know */
  private recognize(piece: Buffer): Buffer | undefined {
    const start = Buffer.concat([this.start ?? piece, piece]);
    this.start = start;
    return start.length < LONGEST_MARK ? undefined : this.withoutMark(start);
  }

  private withoutMark(start: Buffer): Buffer {
    this.start = undefined;
    const found = MARKS.find(([, mark]) => start.subarray(0, mark.length).equals(mark));
    if (!found) return start;
    this.decoder = createDecoder(found[0], this.isStrict);
    return start.subarray(found[1].length);
  }

  /** @param piece absent at the end */
  private decode(piece?: Buffer): Buffer {
    if (piece && this.encoding === 'utf-8') return piece;
    try {
      return Buffer.from(piece ? this.decoder.decode(piece, { stream: true }) : this.decoder.decode());
    } catch {
      throw new Problem('upload-unreadable', { detail: `The upload is not ${this.encoding.toUpperCase()}.` });
    }
  }
}
