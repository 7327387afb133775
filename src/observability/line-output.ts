import { EventEmitter } from 'node:events';
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';

const STANDARD_OUTPUT = 1;

/** Readable and writable only by the user that runs the service. */
const OWNER_ONLY = 0o600;

/** A file is appended to; a pipe with a name never makes the process wait for its reader. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/** Lines that are held are written together at this size, in bytes: a pipe takes 64 KB at once. */
const WRITE_AT_BYTES = 16 * 1024;

/** How soon a reader that is only busy is offered the next lines. */
const BUSY_RETRY_MS = 10;
/** From then on a reader that takes nothing counts as a fault. */
const BUSY_FAULT_MS = 1000;
/** How often a write or a reopening that failed is tried again. */
const FAULT_RETRY_MS = 5000;

/** How long the end of the process waits for a reader that is busy. */
const EXIT_WAIT_MS = 1000;

/** It never changes, so waiting for that is a pause. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

export interface LineStreamOptions {
  /** The limit of bytes that are not written; a line beyond it is lost. */
  readonly maxUnwrittenBytes: number;
  /** How long a line may wait, so that it is written together with later ones. */
  readonly holdMs: number;
}

/** One source of lines. It has the shape of a destination of pino. */
export class LineStream {
  private lostCount = 0;
  private lostSinceStart = 0;

  constructor(
    private readonly output: LineOutput,
    private readonly options: LineStreamOptions,
  ) {}

  write(line: string): void {
    if (this.output.add(line, this.options)) return;
    this.lostCount += 1;
    this.lostSinceStart += 1;
  }

  /** How many lines were lost since the start. */
  get totalLostCount(): number {
    return this.lostSinceStart;
  }

  /** Returns how many lines were lost since the last call. */
  takeLostCount(): number {
    const count = this.lostCount;
    this.lostCount = 0;
    return count;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}

/**
 * Writes lines to standard output or to a file, in their order. A reader that stops reading or goes away never stops
 * the process: lines are kept in memory, within the limit of their stream, and written when the reader is back.
 *
 * Pino's own destination does not serve: after a broken pipe it drops all lines for good, its synchronous mode waits for
 * a reader that is busy, and its `flushSync` never ends while a disk is full.
 *
 * Emits `fault` with the error when lines cannot be written, once, and `recovered` when all of them are.
 */
export class LineOutput extends EventEmitter<{ fault: [error: unknown]; recovered: [] }> {
  private fd: number;
  private lines: string[] = [];
  /** Lines that are being written, from `offset` on. */
  private chunk = Buffer.alloc(0);
  private offset = 0;
  private unwrittenBytes = 0;
  private writtenAt = -Infinity;
  /** Ends the wait for later lines. */
  private hold: NodeJS.Timeout | undefined;
  private isWriteDue = false;
  /** The next try, while the reader is busy or a fault lasts. */
  private retry: NodeJS.Timeout | undefined;
  private busySince: number | undefined;
  private isFailing = false;
  private mustReopen = false;
  private isClosed = false;
  private waiting: (() => void)[] = [];
  private readonly onExit = (): void => this.drain();

  /**
   * @param file absent for standard output
   * @throws Error of the file system if the file cannot be opened
   */
  constructor(private readonly file?: string) {
    super();
    this.fd = file === undefined ? STANDARD_OUTPUT : openSync(file, APPEND, OWNER_ONLY);
    const kind = fstatSync(this.fd);
    // Node makes a pipe non-blocking when it creates the stream of it.
    if (file === undefined && (kind.isFIFO() || kind.isSocket())) void process.stdout;
    process.once('exit', this.onExit);
  }

  /** Whether lines cannot be written. */
  get hasFault(): boolean {
    return this.isFailing;
  }

  stream(options: LineStreamOptions): LineStream {
    return new LineStream(this, options);
  }

  /** @returns whether the line will be written; if not, it is lost */
  add(line: string, { maxUnwrittenBytes, holdMs }: LineStreamOptions): boolean {
    const bytes = Buffer.byteLength(line);
    if (this.unwrittenBytes + bytes > maxUnwrittenBytes) return false;
    this.lines.push(line);
    this.unwrittenBytes += bytes;
    if (this.retry) return true;
    if (this.isClosed || this.unwrittenBytes >= WRITE_AT_BYTES) this.flush();
    else this.writeAfter(this.writtenAt + holdMs - performance.now());
    return true;
  }

  /** Calls back after the lines so far were written, or could not be. */
  whenWritten(done: () => void): void {
    if (this.unwrittenBytes === 0 || this.retry) {
      done();
      return;
    }
    this.waiting.push(done);
    this.writeAfter(0);
  }

  /** Opens the file again, after it was given another name. Standard output has no name. */
  reopen(): void {
    if (this.file === undefined) return;
    this.mustReopen = true;
    this.flush();
  }

  /** Writes what it can. Later lines are written at once. */
  close(): void {
    this.isClosed = true;
    this.drain();
    process.off('exit', this.onExit);
  }

  private writeAfter(waitMs: number): void {
    if (this.isWriteDue) return;
    if (waitMs > 0) {
      this.hold ??= setTimeout(() => this.flush(), waitMs).unref();
      return;
    }
    this.isWriteDue = true;
    setImmediate(() => this.flush());
  }

  private flush(): void {
    this.isWriteDue = false;
    clearTimeout(this.hold);
    clearTimeout(this.retry);
    this.hold = this.retry = undefined;
    try {
      this.openAgain();
      this.writeAll();
      this.recover();
    } catch (error) {
      this.tryLater(error);
    }
    this.writtenAt = performance.now();
    const { waiting } = this;
    this.waiting = [];
    for (const done of waiting) done();
  }

  private openAgain(): void {
    if (this.file === undefined || !this.mustReopen) return;
    const before = this.fd;
    this.fd = openSync(this.file, APPEND, OWNER_ONLY);
    this.mustReopen = false;
    closeSync(before);
    // A line that was written in part goes into the new file as a whole.
    if (this.offset > 0) this.skipTo(this.chunk.lastIndexOf('\n', this.offset - 1) + 1);
  }

  private writeAll(): void {
    for (;;) {
      if (this.offset === this.chunk.length) {
        if (this.lines.length === 0) return;
        this.chunk = Buffer.from(this.lines.join(''));
        this.offset = 0;
        this.lines = [];
      }
      this.skipTo(this.offset + writeSync(this.fd, this.chunk, this.offset));
      this.busySince = undefined;
    }
  }

  private skipTo(offset: number): void {
    this.unwrittenBytes -= offset - this.offset;
    this.offset = offset;
  }

  private recover(): void {
    if (!this.isFailing) return;
    this.isFailing = false;
    this.emit('recovered');
  }

  private tryLater(error: unknown): void {
    const now = performance.now();
    const waitMs = isBusy(error) ? BUSY_RETRY_MS : FAULT_RETRY_MS;
    this.retry = setTimeout(() => this.flush(), waitMs).unref();
    if (isBusy(error)) this.busySince ??= now;
    if (this.isFailing || (isBusy(error) && now - (this.busySince ?? now) < BUSY_FAULT_MS)) return;
    this.isFailing = true;
    this.emit('fault', error);
  }

  /** Writes everything before the process ends, as far as a reader takes it in time. */
  private drain(): void {
    const until = performance.now() + EXIT_WAIT_MS;
    for (;;) {
      this.flush();
      if (this.unwrittenBytes === 0 || this.busySince === undefined || performance.now() > until) return;
      Atomics.wait(NEVER, 0, 0, BUSY_RETRY_MS);
    }
  }
}
