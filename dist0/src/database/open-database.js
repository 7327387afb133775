import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Availability } from './availability.js';
import { DatabaseUnavailable, isRefusedForGood } from './database-errors.js';
import { EmbeddedDatabase } from './embedded/embedded-database.js';
import { EmbeddedMaintenance } from './embedded/maintenance.js';
import { FolderLock } from './embedded/folder-lock.js';
import { label, migrate } from './migrate.js';
import { migrations } from './migrations/index.js';
import { PostgresDatabase } from './postgres/postgres-database.js';
import { StartupError } from '../config/startup-error.js';
/** A server that starts together with the service may need this long. */
const OPEN_TIMEOUT_MS = 15_000;
const RETRY_EVERY_MS = 500;
/**
 * Opens the database that the settings name, and migrates it.
 *
 * @throws StartupError if it cannot be reached, its folder is in use, or its schema is newer than the code
 */
export async function openDatabase(settings, log) {
    const startedAt = performance.now();
    const opened = settings.DATABASE_URL === undefined
        ? await openEmbedded(settings.DATA_DIR, log)
        : await openPostgres(settings.DATABASE_URL, log);
    try {
        const { database } = opened;
        const applied = await database.withSession((session) => migrate(session, migrations));
        if (applied.length > 0)
            log.write('info', 'database.migrated', { migrations: applied.map(label) });
        log.write('info', 'database.opened', {
            driver: database.driver,
            version: await versionOf(database),
            durationMs: Math.round(performance.now() - startedAt),
        });
        return opened;
    }
    catch (error) {
        await opened.close();
        throw error;
    }
}
async function versionOf(database) {
    const { rows } = await database.query('show server_version');
    return rows[0]?.server_version ?? '';
}
async function openPostgres(url, log) {
    const database = new PostgresDatabase(url, new Availability(log));
    const giveUpAt = performance.now() + OPEN_TIMEOUT_MS;
    for (;;) {
        try {
            // oxlint-disable-next-line no-await-in-loop -- one try after the other
            await database.open();
            return { database, close: () => database.close() };
        }
        catch (error) {
            const because = error instanceof DatabaseUnavailable ? error.because : 'unknown';
            if (isRefusedForGood(error) || performance.now() > giveUpAt) {
                throw new StartupError(`The database at DATABASE_URL cannot be used (${because}).`, { cause: error });
            }
        }
        // oxlint-disable-next-line no-await-in-loop -- the pause between two tries
        await pause(RETRY_EVERY_MS);
    }
}
async function openEmbedded(folder, log) {
    const lock = lockFolder(folder);
    const database = new EmbeddedDatabase(join(folder, 'database'), new Availability(log));
    try {
        await database.open();
    }
    catch (error) {
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
function lockFolder(folder) {
    try {
        return FolderLock.take(folder);
    }
    catch (error) {
        if (error instanceof StartupError)
            throw error;
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
        throw new StartupError(`DATA_DIR cannot be written (${code}).`, { cause: error });
    }
}
//# sourceMappingURL=open-database.js.map