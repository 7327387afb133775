import { MAX_LINE_BYTES } from './read-line.js';

/** Gathers the bytes of one line after the other. Those of a line that is too long are not kept. */
export class LineBytes {
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

  /** @returns the line, and begins the next one; undefined where it is too long */
  take(): Buffer | undefined {
    const line = this.length <= MAX_LINE_BYTES ? Buffer.concat(this.parts) : undefined;
    this.parts = [];
    this.length = 0;
    return line;
  }
}
