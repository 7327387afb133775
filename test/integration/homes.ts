import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import type { StorageSettings } from '../../src/storage/open-database.js';
import { createDatabase } from '../harness/postgres.js';

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
