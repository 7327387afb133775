import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, inject } from 'vitest';
import { privateValuesIn } from './private-values.js';

const ROOT = new URL('../../', import.meta.url).pathname;

/** A program that does not stop in time is killed, so that none outlives a test run. */
const STOP_WITHIN_MS = 10_000;

/** The output of all services of a test file, which is searched for personal data after its last test. */
const logs: (() => string)[] = [];

afterAll(() => {
  const leaks = logs.flatMap((log) => privateValuesIn(log()));
  if (leaks.length > 0) throw new Error(`the log of the service contains ${leaks.join(', ')}`);
});

/** The program that writes a log; other programs may print secrets on purpose, such as a new key. */
const SERVICE = 'dist/src/main.js';

export interface ChildProgram {
  readonly process: ChildProcess;
  /** Its output so far, of both streams. */
  output(): string;
  /** The lines of its standard output that are JSON objects. */
  events(): Record<string, unknown>[];
  /** Resolves with the first event that meets the condition. */
  waitForEvent(
    condition: (event: Record<string, unknown>) => boolean,
    withinMs?: number,
  ): Promise<Record<string, unknown>>;
  /** Sends the signal and waits until the program ends. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  readonly ended: Promise<number | null>;
}

function readEvents(lines: readonly string[]): Record<string, unknown>[] {
  return lines.flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? [{ ...value }] : [];
    } catch {
      return []; // not an event
    }
  });
}

/** Waits until a program logs the URL it listens at; a program that does not is killed. */
export async function listeningAt(program: ChildProgram, event: string): Promise<string> {
  try {
    const listening = await program.waitForEvent((one) => one['event'] === event);
    return String(listening['url']);
  } catch (error) {
    await program.stop('SIGKILL');
    throw error;
  }
}

/**
 * Starts a program of this checkout with the Node that runs the tests, in its own folder and environment.
 *
 * @param prepare fills the folder before the program starts
 * @param launcher a command that runs the program, which is appended to it
 */
export function startProgram(
  file: string,
  environment: Record<string, string>,
  prepare?: (folder: string) => void,
  launcher: readonly string[] = [],
): ChildProgram {
  const folder = mkdtempSync(join(tmpdir(), 'meniscus-'));
  prepare?.(folder);
  const [command, ...values] = [...launcher, process.execPath, join(ROOT, file)];
  const child = spawn(command ?? process.execPath, values, {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      NODE_COMPILE_CACHE: inject('compileCache'),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const events: Record<string, unknown>[] = [];
  let unended = '';
  let all = '';
  if (file === SERVICE) logs.push(() => all);
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (unended + text).split('\n');
    unended = lines.pop() ?? '';
    events.push(...readEvents(lines));
    all += text;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (all += text));
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      rmSync(folder, { recursive: true, force: true });
      resolve(code);
    });
  });
  return {
    process: child,
    output: () => all,
    events: () => [...events],
    ended,
    waitForEvent: (condition, withinMs = 60_000) =>
      new Promise((resolve, reject) => {
        const giveUp = (why: string): void => {
          clearTimeout(timer);
          listeners.delete(look);
          reject(new Error(`${file}: ${why}; it wrote:\n${all.slice(-4000)}`));
        };
        const look = (): void => {
          const event = events.find(condition);
          if (!event) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(event);
        };
        const timer = setTimeout(
          () => giveUp(`the awaited event did not arrive in ${withinMs} ms`),
          withinMs,
        );
        listeners.add(look);
        void ended.then((code) => giveUp(`it ended with ${code} before the awaited event`));
        look();
      }),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      const code = await ended;
      clearTimeout(timer);
      return code;
    },
  };
}
