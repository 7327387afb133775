import type { Database } from './database.js';
import { JobQueue } from './job-queue.js';
import { type StorageLog, type StorageSettings, openDatabase } from './open-database.js';

/** Long enough for what a handler of a job writes at its end; workers are stopped before. */
const QUEUE_STOP_MS = 5000;

export interface Storage {
  readonly database: Database;
  readonly queue: JobQueue;
  close(): Promise<void>;
}

/** @throws StartRefused when the database cannot be used as it is */
export async function openStorage(settings: StorageSettings, log: StorageLog): Promise<Storage> {
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
      // A lost database must not keep the rest from closing.
      await queue.stop(QUEUE_STOP_MS).catch(() => undefined);
      await opened.close();
    },
  };
}
