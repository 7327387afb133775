import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Settings } from '../config/settings.js';
import type { EventLog } from '../observability/event-log.js';
import { Availability } from './availability.js';
import type { Database } from './database.js';
import { EmbeddedDatabase } from './embedded/embedded-database.js';
import { EmbeddedMaintenance } from './embedded/maintenance.js';
import { FolderLock } from './embedded/folder-lock.js';
import { label, migrate } from './migrate.js';
import { migrations } from './migrations/index.js';
import { refusalOf, startupErrorOf } from './postgres/refusals.js';
import { PostgresDatabase } from './postgres/postgres-database.js';
import { StartupError } from '../config/startup-error.js';

/** A server that starts together with the service may need this long. */
const OPEN_TIMEOUT_MS = 15_000;
const RETRY_EVERY_MS = 500;

export type DatabaseSettings = Pick<Settings, 'DATABASE_URL' | 'DATA_DIR'>;
export type DatabaseLog = Pick<EventLog, 'write' | 'fault'>;

/** A database that is open and migrated. */
export interface OpenDatabase {
  readonly database: Database;
  /** Closes the database and everything that belongs to it. */
  close(): Promise<void>;
}

/**
 * Opens the database that the settings name, and migrates it.
 *
 * @throws StartupError if it cannot be reached, its folder is in use, or its schema is newer than the code
 */
export async function openDatabase(settings: DatabaseSettings, log: DatabaseLog): Promise<OpenDatabase> {
  const startedAt = performance.now();
  const opened =
    settings.DATABASE_URL === undefined
      ? await openEmbedded(settings.DATA_DIR, log)
      : await openPostgres(settings.DATABASE_URL, log);
  try {
    const { database } = opened;
    const applied = await database.withSession((session) => migrate(session, migrations));
    if (applied.length > 0) log.write('info', 'database.migrated', { migrations: applied.map(label) });
    log.write('info', 'database.opened', {
      driver: database.driver,
      version: await versionOf(database),
      durationMs: Math.round(performance.now() - startedAt),
    });
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function versionOf(database: Database): Promise<string> {
  const { rows } = await database.query<{ server_version: string }>('show server_version');
  return rows[0]?.server_version ?? '';
}

async function openPostgres(url: string, log: DatabaseLog): Promise<OpenDatabase> {
  const database = new PostgresDatabase(url, new Availability(log));
  const giveUpAt = performance.now() + OPEN_TIMEOUT_MS;
  for (;;) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one try after the other
      await database.open();
      return { database, close: () => database.close() };
    } catch (error) {
      const refusal = refusalOf(error);
      if ((refusal && !refusal.mayPass) || performance.now() > giveUpAt) {
        await database.close();
        throw startupErrorOf(error);
      }
    }
    // oxlint-disable-next-line no-await-in-loop -- the pause between two tries
    await pause(RETRY_EVERY_MS);
  }
}

async function openEmbedded(folder: string, log: DatabaseLog): Promise<OpenDatabase> {
  const lock = lockFolder(folder);
  const database = new EmbeddedDatabase(join(folder, 'database'), new Availability(log));
  try {
    await database.open();
  } catch (error) {
    lock.release();
    throw new StartupError('The embedded database in DATA_DIR cannot be opened.', { cause: error });
  }
  const maintenance = new EmbeddedMaintenance(database, log);
  maintenance.start();
  return {
    database,
    close: async () => {
      maintenance.stop();
      await database.close();
      lock.release();
    },
  };
}

function lockFolder(folder: string): FolderLock {
  try {
    return FolderLock.take(folder);
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new StartupError(`DATA_DIR cannot be written (${code}).`, { cause: error });
  }
}
