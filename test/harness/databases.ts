import { cpSync } from 'node:fs';
import { inject } from 'vitest';
import { createDatabase } from './postgres.js';

/** A server on which tests may create databases; undefined where there is none. */
export const serverUrl = inject('serverUrl');

function urlOfServer(): string {
  if (serverUrl === undefined) throw new Error('there is no PostgreSQL on this machine');
  return serverUrl;
}

/** Creates a database on the server in which the service has never been. */
export function createEmptyDatabase(): Promise<string> {
  return createDatabase(urlOfServer(), inject('databasePrefix'));
}

/** Creates a database on the server with what a first start of the service leaves in it. */
export function createPreparedDatabase(): Promise<string> {
  return createDatabase(urlOfServer(), inject('databasePrefix'), inject('preparedDatabase'));
}

/**
 * Creates a database with what a first start of the service leaves in it, for services that follow each other.
 *
 * @param folder holds it where there is no server
 * @returns the settings with which a service uses it
 */
export async function prepareDatabase(folder: string): Promise<Record<string, string>> {
  if (serverUrl !== undefined) return { DATABASE_URL: await createPreparedDatabase() };
  copyPreparedData(folder);
  return { DATA_DIR: folder };
}

/** Fills a DATA_DIR with what a first start leaves in it. */
export function copyPreparedData(folder: string): void {
  cpSync(inject('preparedData'), folder, { recursive: true });
}
