import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { copyPreparedData } from './databases.js';

/** Makes a folder that is there until all tests of the file have ended, and what is used below it has stopped. */
export function useFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'meniscus-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The same for a database in files, as a first start of the service left it. */
export function useDataFolder(): string {
  const folder = useFolder();
  copyPreparedData(folder);
  return folder;
}
