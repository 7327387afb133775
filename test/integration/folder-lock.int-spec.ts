import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderLock, LOCK_FILE } from '../../src/database/embedded/folder-lock.js';
import { until } from '../harness/until.js';
import { createFolder } from './drivers.js';
import { type Program, startProgram } from './programs.js';

async function holdElsewhere(folder: string): Promise<Program> {
  const program = startProgram('hold-folder', folder);
  await until(() => program.lines.length > 0);
  return program;
}

describe(FolderLock.name, () => {
  it('creates the folder, is refused to the same process a second time, and can be released', () => {
    const folder = join(createFolder(), 'deep', 'er');
    const lock = FolderLock.take(folder);
    expect(existsSync(join(folder, LOCK_FILE))).toBe(true);
    expect(() => FolderLock.take(folder)).toThrow(`DATA_DIR is in use by another process (${folder}).`);
    // The refused attempt has not released the lock.
    expect(() => FolderLock.take(folder)).toThrow('in use');
    lock.release();
    FolderLock.take(folder).release();
  });

  it('is refused while another process lives, even one that is stopped, and free when that is killed', async () => {
    const folder = createFolder();
    const other = await holdElsewhere(folder);
    expect(other.lines).toEqual(['held']);

    expect(() => FolderLock.take(folder)).toThrow('in use');
    other.process.kill('SIGSTOP');
    expect(() => FolderLock.take(folder)).toThrow('in use');
    await other.kill();
    FolderLock.take(folder).release();
  });

  it('goes to only one of many processes that start at once after a crash', async () => {
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

  it('is refused with the reason if the file cannot be locked', () => {
    const folder = createFolder();
    writeFileSync(join(folder, LOCK_FILE), 'rubbish');
    expect(() => FolderLock.take(folder)).toThrow(
      `DATA_DIR cannot be locked (file is not a database): ${folder}`,
    );
  });
});
