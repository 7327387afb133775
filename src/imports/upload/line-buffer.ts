import { MAX_LINE_BYTES } from './upload-line.js';

/** Collects the bytes of one line at a time. It does not keep the bytes of a line that is too long. */
export class LineBuffer {
  private parts: Buffer[] = [];
  private length = 0;

  get isEmpty(): boolean {
    return this.length === 0;
  }

  add(part: Buffer): void {
    if (part.length === 0) return;
    this.length += part.length;
    if (this.length <= MAX_LINE_BYTES) this.parts.push(part);
    else this.parts = [];
  }

  /** Ends the line, and begins the next one. @returns the line; undefined if it is too long */
  take(): Buffer | undefined {
    const [first] = this.parts;
    const line = first && this.parts.length === 1 ? first : this.join();
    this.parts = [];
    this.length = 0;
    return line;
  }

  private join(): Buffer | undefined {
    return this.length <= MAX_LINE_BYTES ? Buffer.concat(this.parts) : undefined;
  }
}
