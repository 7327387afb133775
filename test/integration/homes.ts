import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { type OpenDatabase, type StorageSettings, openDatabase } from '../../src/database/open-database.js';
import { createDatabase } from '../harness/postgres.js';
import { keepEvents } from './told-events.js';

/** One of the two places in which the database can be; each test file has one of its own there. */
export interface TestHome {
  readonly name: 'postgres' | 'embedded';
  /** An empty database. */
  create(): Promise<StorageSettings>;
}

const serverUrl = inject('serverUrl');
const hasServer = serverUrl !== undefined;

export function createFolder(): string {
  return mkdtempSync(join(inject('dataRoot'), 'data-'));
}

const postgres: TestHome = {
  name: 'postgres',
  create: async () => ({
    DATABASE_URL: await createDatabase(serverUrl ?? '', inject('databasePrefix')),
    DATA_DIR: '',
  }),
};

const embedded: TestHome = {
  name: 'embedded',
  create: async () => ({ DATA_DIR: createFolder() }),
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
