import type { Database } from './database.js';
import { JobQueue } from './job-queue.js';
import { type DatabaseLog, type DatabaseSettings, openDatabase } from './open-database.js';

/** Long enough for the last writes of a job's handler; workers have been stopped before. */
const QUEUE_STOP_MS = 5000;

export interface PreparedDatabase {
  readonly database: Database;
  readonly queue: JobQueue;
  close(): Promise<void>;
}

/**
 * Opens and migrates the database, and starts the job queue in it.
 *
 * @throws StartupError if the database cannot be used as it is
 */
export async function prepareDatabase(
  settings: DatabaseSettings,
  log: DatabaseLog,
): Promise<PreparedDatabase> {
  const opened = await openDatabase(settings, log);
  const { database } = opened;
  const queue = new JobQueue(database, log);
  try {
    await queue.start();
  } catch (error) {
    await opened.close();
    throw error;
  }
  return {
    database,
    queue,
    close: async () => {
      // The queue cannot stop while the database is lost; the database is closed all the same.
      await queue.stop(QUEUE_STOP_MS).catch(() => undefined);
      await opened.close();
    },
  };
}
