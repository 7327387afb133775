import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { copyPreparedData } from './databases.js';

/** Makes a folder that is removed after all tests of the file, when everything that is set up after it has stopped. */
export function useFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'meniscus-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes a DATA_DIR with the content that a first start of the service leaves. */
export function useDataFolder(): string {
  const folder = useFolder();
  copyPreparedData(folder);
  return folder;
}
