import { cpSync } from 'node:fs';
import { inject } from 'vitest';
import { createDatabase } from './postgres.js';

/** A server on which tests may create databases; undefined when this machine has none. */
export const serverUrl = inject('serverUrl');

function urlOfServer(): string {
  if (serverUrl === undefined) throw new Error('there is no PostgreSQL on this machine');
  return serverUrl;
}

/** Creates an empty database on the server. */
export function createEmptyDatabase(): Promise<string> {
  return createDatabase(urlOfServer(), inject('databasePrefix'));
}

/** Creates a database on the server with the content that a first start of the service leaves. */
export function createPreparedDatabase(): Promise<string> {
  return createDatabase(urlOfServer(), inject('databasePrefix'), inject('preparedDatabase'));
}

/**
 * Creates a database with the content that a first start of the service leaves, for several services in turn.
 *
 * @param folder holds the database when there is no server
 * @returns the settings of a service that uses it
 */
export async function prepareDatabase(folder: string): Promise<Record<string, string>> {
  if (serverUrl !== undefined) return { DATABASE_URL: await createPreparedDatabase() };
  copyPreparedData(folder);
  return { DATA_DIR: folder };
}

/** Fills a DATA_DIR with the content that a first start of the service leaves. */
export function copyPreparedData(folder: string): void {
  cpSync(inject('preparedData'), folder, { recursive: true });
}
