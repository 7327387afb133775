import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processMs } from './processor-time.js';

const ROOT = join(import.meta.dirname, '..', '..');

const START_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 25_000;
const LOOK_EVERY_MS = 20;

/** A program prints its URL or its result within these first bytes. */
const READ_BYTES = 256 * 1024;

/** A program of the bench in its own process. It logs to a file, because reading a pipe would take processor time. */
export class Program {
  /** When it was started, by `performance.now()`. */
  readonly startedAt = performance.now();
  private readonly ended: Promise<void>;

  constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    private readonly logFile: string,
  ) {
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()));
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves with the first line of output that is an event with this name. */
  async waitForLine(event: string, withinMs = START_WITHIN_MS): Promise<Record<string, unknown>> {
    for (const until = performance.now() + withinMs; ; await sleep(LOOK_EVERY_MS)) {
      const hasEnded = !this.isRunning;
      const line = this.head()
        .split('\n')
        .slice(0, -1)
        .find((one) => one.includes(`"event":"${event}"`));
      if (line !== undefined) return JSON.parse(line) as Record<string, unknown>;
      const why = hasEnded ? 'it ended' : performance.now() > until ? 'too late' : undefined;
      if (why !== undefined)
        throw new Error(`${this.name} did not log ${event}, ${why}:\n${this.head().slice(-2000)}`);
    }
  }

  /** Returns the processor time that it has used so far, in user mode and in the kernel. */
  cpuMs(): number {
    return processMs(this.child.pid ?? NaN);
  }

  /** Returns its resident memory. */
  rssMb(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
  }

  async stop(): Promise<void> {
    if (this.isRunning) {
      this.child.kill('SIGTERM');
      const timer = setTimeout(() => this.kill(), STOP_WITHIN_MS);
      await this.ended;
      clearTimeout(timer);
    }
    rmSync(this.logFile, { force: true });
  }

  kill(): void {
    if (this.isRunning) this.child.kill('SIGKILL');
  }

  private head(): string {
    const file = openSync(this.logFile, 'r');
    try {
      const bytes = Buffer.alloc(READ_BYTES);
      return bytes.toString('utf8', 0, readSync(file, bytes, 0, READ_BYTES, 0));
    } finally {
      closeSync(file);
    }
  }
}

/** Tracks all programs that the bench started, so that none outlives it. */
export class Programs {
  private readonly folder = mkdtempSync(join(tmpdir(), 'meniscus-bench-'));
  private readonly started: Program[] = [];
  private isStopping = false;

  constructor() {
    process.once('exit', () => {
      for (const program of this.started) program.kill();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** Returns the path of a file that is removed when the bench ends. */
  file(name: string): string {
    return join(this.folder, name);
  }

  /** Returns the path of a file or folder that no other program of this run uses. */
  newFile(name: string): string {
    return this.file(`${name}-${randomUUID()}`);
  }

  /** @param file relative to the root of the checkout */
  start(
    name: string,
    file: string,
    environment: Record<string, string>,
    nodeOptions: readonly string[] = [],
  ): Program {
    if (this.isStopping) throw new Error(`${name} was not started, as the bench is stopping`);
    const logFile = join(this.folder, `${name}-${this.started.length}.log`);
    const log = openSync(logFile, 'w');
    const child = spawn(process.execPath, [...nodeOptions, join(ROOT, file)], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...environment },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const program = new Program(name, child, logFile);
    this.started.push(program);
    return program;
  }

  async stopAll(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.started.map((program) => program.stop()));
  }
}
