import { accessSync, constants, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartupError } from '../../config/startup-error.js';
/**
 * In DATA_DIR; always empty, and never removed. PGlite has no lock of its own: two processes on one folder silently lose
 * rows.
 */
export const LOCK_FILE = 'meniscus-lock.sqlite';
/** Of several processes that start at once, the first one needs a moment to finish taking the lock. */
const BUSY_MS = 500;
const SQLITE_BUSY = 5;
/** A connection that no variable refers to is closed by the garbage collector, which would release the lock. */
const held = new Set();
/**
 * Locks the folder against other processes until it is released or this process ends.
 *
 * The kernel holds the lock on the open file, for all processes that see the file, in whatever container. So there is
 * nothing to recognize or to clean up after a crash. SQLite takes the lock because Node has no function for it. No other
 * code may open the file: when a process closes any descriptor of a file, the kernel drops the locks of that process on it.
 */
export class FolderLock {
    connection;
    constructor(connection) {
        this.connection = connection;
    }
    /** @throws StartupError if another process, or this one, holds the folder */
    static take(folder) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        accessSync(folder, constants.W_OK | constants.X_OK);
        const connection = new DatabaseSync(join(folder, LOCK_FILE), { timeout: BUSY_MS });
        try {
            // Nothing is ever written: with the journal in memory, the lock can be taken on a full disk.
            connection.exec('pragma journal_mode = memory; begin exclusive');
        }
        catch (error) {
            connection.close();
            throw refusal(folder, error);
        }
        held.add(connection);
        return new FolderLock(connection);
    }
    release() {
        if (held.delete(this.connection))
            this.connection.close();
    }
}
function refusal(folder, error) {
    const path = realpathSync(folder);
    if (error.errcode === SQLITE_BUSY) {
        return new StartupError(`DATA_DIR is in use by another process (${path}). Stop that process, or set another DATA_DIR; several instances ` +
            `need DATABASE_URL. On the host, \`fuser ${join(path, LOCK_FILE)}\` shows the process.`);
    }
    return new StartupError(`DATA_DIR cannot be locked (${error.errstr ?? 'unknown'}): ${path} must be on a local disk.`, { cause: error });
}
//# sourceMappingURL=folder-lock.js.map