import { createWriteStream, openSync } from 'node:fs';
import type { WriteStream } from 'node:fs';

/** The end of the output that a start that fails prints. */
const END_CHARACTERS = 1500;

/**
 * The output of one program of the demo. It stays in memory until the demo runs: a demo that cannot start, because another
 * one runs, must leave the other's files as they are.
 */
export class DemoLog {
  readonly path: string;
  private kept: Buffer[] = [];
  private file: WriteStream | undefined;

  constructor(path: string) {
    this.path = path;
  }

  get isInFile(): boolean {
    return this.file !== undefined;
  }

  write(chunk: Buffer): void {
    if (this.file) this.file.write(chunk);
    else this.kept.push(chunk);
  }

  /** Writes what is kept, and everything after it, to the file, which is emptied first. */
  openFile(): void {
    this.file = createWriteStream(this.path, { fd: openSync(this.path, 'w') });
    for (const chunk of this.kept) this.file.write(chunk);
    this.kept = [];
  }

  /** Returns what the program wrote until `openFile`. */
  text(): string {
    return Buffer.concat(this.kept).toString();
  }

  /** Returns the end of `text`. */
  end(): string {
    return this.text().slice(-END_CHARACTERS);
  }
}
