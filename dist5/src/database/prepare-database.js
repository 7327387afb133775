import { JobQueue } from './job-queue.js';
import { openDatabase } from './open-database.js';
/** Long enough for the last writes of a job's handler; workers have been stopped before. */
const QUEUE_STOP_MS = 5000;
/**
 * Opens and migrates the database, and starts the job queue in it.
 *
 * @throws StartupError if the database cannot be used as it is
 */
export async function prepareDatabase(settings, log) {
    const opened = await openDatabase(settings, log);
    const { database } = opened;
    const queue = new JobQueue(database, log);
    try {
        await queue.start();
    }
    catch (error) {
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
//# sourceMappingURL=prepare-database.js.map