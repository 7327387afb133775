import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '..', '..');

const START_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 25_000;
const LOOK_EVERY_MS = 20;

/** A program says where it listens, or what it found, in its first lines. */
const READ_BYTES = 256 * 1024;

/** The clock ticks in which /proc counts. */
const TICK_MS = 10;

/** The time that all cores together have not been idle since the machine started. */
export function machineBusyMs(): number {
  const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = first.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softIrq) * TICK_MS;
}

/** A program of the bench in its own process. It logs into a file, as reading a pipe would cost this machine time. */
export class Program {
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

  /** Resolves with the first line of output that is an event of this name. */
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
        throw new Error(`${this.name} did not tell ${event}, ${why}:\n${this.head().slice(-2000)}`);
    }
  }

  /** The processor time that it has used so far, of itself and of the kernel for it. */
  cpuMs(): number {
    const afterName = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1] ?? '';
    const fields = afterName.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  /** The memory that it has in RAM. */
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

/** All that the bench has started, so that nothing of it outlives the bench. */
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

  /** Where a file may stand that goes when the bench ends. */
  file(name: string): string {
    return join(this.folder, name);
  }

  /** @param file from the root of the checkout */
  start(
    name: string,
    file: string,
    environment: Record<string, string>,
    nodeOptions: readonly string[] = [],
  ): Program {
    if (this.isStopping) throw new Error(`${name} is not started any more`);
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
