import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** What the service left in DATA_DIR after its first start: the services of the tests begin with a copy. */
    readonly preparedData: string;
  }
}

/** Creating the embedded database takes seconds, opening a created one does not; one test does begin with nothing. */
export default async function prepareData(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'meniscus-prepared-'));
  const built = new URL('../../dist/src/database/prepare-database.js', import.meta.url).href;
  const { prepareDatabase } = (await import(
    built
  )) as typeof import('../../src/database/prepare-database.js');
  const storage = await prepareDatabase(
    { DATA_DIR: folder },
    { write: () => undefined, fault: () => undefined },
  );
  await storage.close();
  project.provide('preparedData', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
