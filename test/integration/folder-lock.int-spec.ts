import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderLock, type Holder, LOCK_FILE } from '../../src/database/embedded/folder-lock.js';
import { until } from '../harness/until.js';
import { createFolder } from './drivers.js';
import { type Program, startProgram } from './programs.js';

const holder = (folder: string): Holder =>
  JSON.parse(readFileSync(join(folder, LOCK_FILE), 'utf8')) as Holder;

async function holdElsewhere(folder: string): Promise<Program> {
  const program = startProgram('hold-folder', folder);
  await until(() => program.lines.length > 0);
  return program;
}

describe(FolderLock.name, () => {
  it('creates the folder, and releases it', async () => {
    const folder = join(createFolder(), 'deep', 'er');
    const lock = await FolderLock.take(folder);
    expect(holder(folder).pid).toBe(process.pid);
    lock.release();
    expect(existsSync(join(folder, LOCK_FILE))).toBe(false);
  });

  it('is refused while another process lives, which is named, and taken over after that was killed', async () => {
    const folder = createFolder();
    const other = await holdElsewhere(folder);
    expect(other.lines).toEqual(['held']);

    await expect(FolderLock.take(folder)).rejects.toThrow(
      `in use by process ${other.process.pid} on ${hostname()}`,
    );
    await other.kill();
    const lock = await FolderLock.take(folder);
    expect(holder(folder).pid).toBe(process.pid);
    lock.release();
  });

  it('is refused to the same process a second time', async () => {
    const folder = createFolder();
    const lock = await FolderLock.take(folder);
    await expect(FolderLock.take(folder)).rejects.toThrow(`in use by process ${process.pid}`);
    lock.release();
  });

  it('goes to only one of many processes that find the same stale lock', async () => {
    const folder = createFolder();
    const dead = await holdElsewhere(folder);
    await dead.kill();

    const programs = Array.from({ length: 6 }, () => startProgram('hold-folder', folder));
    await until(() => programs.every(({ lines }) => lines.length > 0));
    const said = programs.map(({ lines }) => lines[0]);
    await Promise.all(programs.map((program) => program.kill()));

    expect(said.filter((line) => line === 'held')).toHaveLength(1);
    expect(said.filter((line) => line?.includes('StartupError'))).toHaveLength(5);
  });

  it('is taken over if the pid belongs to another process now', async () => {
    const folder = createFolder();
    const lock = await FolderLock.take(folder);
    // The pid of this process with another start time.
    writeFileSync(join(folder, LOCK_FILE), JSON.stringify({ ...holder(folder), started: '1' }));

    const second = await FolderLock.take(folder);
    expect(holder(folder).started).not.toBe('1');
    lock.release();
    expect(existsSync(join(folder, LOCK_FILE))).toBe(true);
    second.release();
  });

  it('is taken over from a killed process that its parent has not reaped', async () => {
    const folder = createFolder();
    // `exec` replaces the shell with a parent that never waits for the child, which ends after that.
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(output);
    const stat = (): string => readFileSync(`/proc/${pid}/stat`, 'utf8');
    await until(() => stat().includes(') Z '));
    const started = stat().split(' ')[21] ?? '';
    writeFileSync(join(folder, LOCK_FILE), JSON.stringify({ id: 'a', pid, host: hostname(), started }));

    const lock = await FolderLock.take(folder);
    expect(holder(folder).pid).toBe(process.pid);
    lock.release();
    parent.kill();
  });

  it.each([
    [
      'another host',
      JSON.stringify({ id: 'a', pid: 1, host: 'elsewhere.example', started: '1' }),
      'process 1 on elsewhere.example',
    ],
    ['an unknown format', 'rubbish', 'a process that wrote no valid lock'],
  ])('is refused if the lock is of %s', async (_who, content, named) => {
    const folder = createFolder();
    writeFileSync(join(folder, LOCK_FILE), content);
    await expect(FolderLock.take(folder)).rejects.toThrow(named);
    expect(readFileSync(join(folder, LOCK_FILE), 'utf8')).toBe(content);
  });
});
