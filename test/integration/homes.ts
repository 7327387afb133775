import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { type OpenDatabase, type StorageSettings, openDatabase } from '../../src/database/open-database.js';
import {
  copyPreparedData,
  createEmptyDatabase,
  createPreparedDatabase,
  serverUrl,
} from '../harness/databases.js';
import { keepEvents } from './told-events.js';

/** One of the two places in which the database can be; each test file has one of its own there. */
export interface TestHome {
  readonly name: 'postgres' | 'embedded';
  /** A database with the schema of this version, and nothing in it. */
  create(): Promise<StorageSettings>;
  /** A database without a schema. */
  createEmpty(): Promise<StorageSettings>;
}

const hasServer = serverUrl !== undefined;

export function createFolder(): string {
  return mkdtempSync(join(inject('dataRoot'), 'data-'));
}

/** The same, with the schema of this version, and nothing in it. */
export function createPreparedFolder(): string {
  const folder = createFolder();
  copyPreparedData(folder);
  return folder;
}

const postgres: TestHome = {
  name: 'postgres',
  create: async () => ({ DATABASE_URL: await createPreparedDatabase(), DATA_DIR: '' }),
  createEmpty: async () => ({ DATABASE_URL: await createEmptyDatabase(), DATA_DIR: '' }),
};

const embedded: TestHome = {
  name: 'embedded',
  create: async () => ({ DATA_DIR: createPreparedFolder() }),
  createEmpty: async () => ({ DATA_DIR: createFolder() }),
};

/** Runs the suite in both homes. */
export function inBothHomes(suite: (home: TestHome) => void): void {
  inPostgres(() => suite(postgres));
  describe('embedded', () => {
    suite(embedded);
  });
}

export function inPostgres(suite: (home: TestHome) => void): void {
  const title = hasServer ? 'on PostgreSQL' : 'on PostgreSQL (SKIPPED: there is no server)';
  describe.skipIf(!hasServer)(title, () => {
    suite(postgres);
  });
}

/** Opens a new database as two replicas do, where there can be two: a folder has one process. */
export async function openReplicas(home: TestHome): Promise<[OpenDatabase, ...OpenDatabase[]]> {
  const settings = await home.create();
  const open = (): Promise<OpenDatabase> => openDatabase(settings, keepEvents());
  return home.name === 'postgres' ? Promise.all([open(), open()]) : [await open()];
}
