import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A running program of `test/integration/programs/`, which uses the built service and prints lines. */
export interface Program {
  readonly process: ChildProcess;
  readonly lines: string[];
  kill(): Promise<void>;
}

export function startProgram(name: string, ...args: string[]): Program {
  const file = new URL(`./programs/${name}.ts`, import.meta.url).pathname;
  const child = spawn(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    process: child,
    lines,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
