import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { StartupError } from '../../config/startup-error.js';

/** In DATA_DIR. PGlite has no lock of its own: two processes on one folder silently lose rows. */
export const LOCK_FILE = 'meniscus.lock';

/** Longer than another process that found the same stale lock needs to write its own. */
const TAKE_OVER_MS = 100;
const ATTEMPTS = 3;

export interface Holder {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** When the process started, in ticks of the kernel; distinguishes it from a later process with the same pid. */
  readonly started: string | undefined;
}

/** Reads the state and the start time of a process from /proc; returns undefined if there is no such process, or no Linux. */
function readProcess(pid: number): { state: string | undefined; started: string | undefined } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, which may contain anything, ends at the last parenthesis; field 3 is the state, 22 the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], started: fields[19] };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A process of another host cannot be inspected, so it counts as alive. */
function isHeld({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return true;
  if (!isAlive(pid)) return false;
  const seen = readProcess(pid);
  // A zombie is dead, and only not yet reaped by its parent: in a container that may never happen.
  if (seen?.state === 'Z') return false;
  return started === undefined || seen?.started === undefined || seen.started === started;
}

function read(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined; // gone, or not written by Meniscus
  }
}

/** Locks the folder against other processes until it is released or this process ends. */
export class FolderLock {
  private constructor(
    private readonly path: string,
    private readonly id: string,
  ) {}

  /** @throws StartupError naming the process that holds the folder; the lock of a dead process is taken over */
  static async take(folder: string): Promise<FolderLock> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, LOCK_FILE);
    const own: Holder = {
      id: randomUUID(),
      pid: process.pid,
      host: hostname(),
      started: readProcess(process.pid)?.started,
    };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (create(path, own)) {
        // Another process may have found the same stale lock, and may move ours away in its place.
        // oxlint-disable-next-line no-await-in-loop -- the pause is the point
        if (attempt > 1) await pause(TAKE_OVER_MS);
        if (read(path)?.id === own.id) return new FolderLock(path, own.id);
      }
      refuseIfHeld(path);
      moveAway(path);
    }
    throw new StartupError('Several processes try to lock DATA_DIR at once.');
  }

  release(): void {
    if (read(this.path)?.id === this.id) rmSync(this.path, { force: true });
  }
}

function create(path: string, holder: Holder): boolean {
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Renames the lock instead of removing it: of several processes that try, only one succeeds. */
function moveAway(path: string): void {
  try {
    renameSync(path, `${path}.stale`);
    rmSync(`${path}.stale`, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function refuseIfHeld(path: string): void {
  const holder = read(path);
  if (holder && !isHeld(holder)) return;
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'a process that wrote no valid lock';
  throw new StartupError(
    `DATA_DIR is in use by ${who}. Stop that process, or set another DATA_DIR; several instances need DATABASE_URL. ` +
      `If you are certain that no process uses the folder, remove ${path}.`,
  );
}
