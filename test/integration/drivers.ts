import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { type OpenDatabase, type DatabaseSettings, openDatabase } from '../../src/database/open-database.js';
import {
  copyPreparedData,
  createEmptyDatabase,
  createPreparedDatabase,
  serverUrl,
} from '../harness/databases.js';
import { keepEvents } from './kept-events.js';

/** Creates databases for one of the two drivers; each test file gets databases of its own. */
export interface TestDriver {
  readonly name: 'postgres' | 'embedded';
  /** Returns the settings of a new database with the current schema and no rows. */
  create(): Promise<DatabaseSettings>;
  /** Returns the settings of a new database without a schema. */
  createEmpty(): Promise<DatabaseSettings>;
}

const hasServer = serverUrl !== undefined;

export function createFolder(): string {
  return mkdtempSync(join(inject('dataRoot'), 'data-'));
}

/** Creates a folder with the current schema and no rows. */
export function createPreparedFolder(): string {
  const folder = createFolder();
  copyPreparedData(folder);
  return folder;
}

const postgres: TestDriver = {
  name: 'postgres',
  create: async () => ({ DATABASE_URL: await createPreparedDatabase(), DATA_DIR: '' }),
  createEmpty: async () => ({ DATABASE_URL: await createEmptyDatabase(), DATA_DIR: '' }),
};

const embedded: TestDriver = {
  name: 'embedded',
  create: async () => ({ DATA_DIR: createPreparedFolder() }),
  createEmpty: async () => ({ DATA_DIR: createFolder() }),
};

/** Runs the suite with both drivers. */
export function withBothDrivers(suite: (driver: TestDriver) => void): void {
  withPostgres(() => suite(postgres));
  describe('embedded', () => {
    suite(embedded);
  });
}

export function withPostgres(suite: (driver: TestDriver) => void): void {
  const title = hasServer ? 'on PostgreSQL' : 'on PostgreSQL (SKIPPED: there is no server)';
  describe.skipIf(!hasServer)(title, () => {
    suite(postgres);
  });
}

/** Opens a new database twice, like two replicas; only once with the embedded driver, because a folder has one process. */
export async function openReplicas(driver: TestDriver): Promise<[OpenDatabase, ...OpenDatabase[]]> {
  const settings = await driver.create();
  const open = (): Promise<OpenDatabase> => openDatabase(settings, keepEvents());
  return driver.name === 'postgres' ? Promise.all([open(), open()]) : [await open()];
}
