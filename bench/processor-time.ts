import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The unit of processor times in /proc. */
const TICK_MS = 10;

interface ProcessTimes {
  readonly parent: number;
  /** What the process used itself, in user mode and in the kernel. */
  readonly ownMs: number;
  /** The same of its children that have ended. */
  readonly endedChildrenMs: number;
}

/** @throws Error if the process has ended */
function readTimes(pid: number | string): ProcessTimes {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? '';
  const fields = afterName.split(' ').map(Number);
  const ms = (index: number): number => (fields[index] ?? NaN) * TICK_MS;
  return { parent: fields[1] ?? NaN, ownMs: ms(11) + ms(12), endedChildrenMs: ms(13) + ms(14) };
}

/** Returns the processor time that a running process has used so far. */
export function processMs(pid: number): number {
  return readTimes(pid).ownMs;
}

/** Returns the time that all cores together have been busy since the machine started. */
function machineMs(): number {
  const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = first.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softIrq) * TICK_MS;
}

/**
 * Returns the processor time of the bench: of this process and all that it started, directly or not, also of those that
 * have ended. A database server and its connections are among them.
 */
function benchMs(): number {
  const all = new Map<number, ProcessTimes>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      all.set(Number(name), readTimes(name));
    } catch {
      // It ended meanwhile.
    }
  }
  const isOurs = (pid: number): boolean => {
    if (pid === process.pid) return true;
    const parent = all.get(pid)?.parent;
    return parent !== undefined && isOurs(parent);
  };
  return [...all]
    .filter(([pid]) => isOurs(pid))
    .reduce((sum, [, { ownMs, endedChildrenMs }]) => sum + ownMs + endedChildrenMs, 0);
}

function othersMs(): number {
  return machineMs() - benchMs();
}

/**
 * Observes the machine from now on.
 *
 * @returns a function that returns the share of the machine that other programs have used since, from 0 to 1
 */
export function watchOthers(): () => number {
  const before = { at: performance.now(), ms: othersMs() };
  return () =>
    Math.max(0, othersMs() - before.ms) / ((performance.now() - before.at) * availableParallelism());
}
