import { createHash } from 'node:crypto';
import { StartupError } from '../config/startup-error.js';
/** An arbitrary key that no other lock in this database uses. */
const LOCK = 1_632_490_857;
export function checksumOf({ sql }) {
    return createHash('sha256').update(sql).digest('hex');
}
export function label({ number, name }) {
    return `${String(number).padStart(4, '0')}-${name}`;
}
/**
 * Compares the applied migrations with those of this version.
 *
 * @returns the migrations that are still to be applied
 * @throws StartupError if the database is newer than this version, or was built from other migrations
 */
export function pendingMigrations(applied, known) {
    const byNumber = new Map(known.map((migration) => [migration.number, migration]));
    for (const one of applied) {
        const migration = byNumber.get(one.number);
        if (!migration) {
            throw new StartupError(`The database's schema is newer than the code: it has ${label(one)}, which this version does not know. Start the newer version.`);
        }
        if (migration.name !== one.name || checksumOf(migration) !== one.checksum) {
            throw new StartupError(`The database's schema differs from the code: ${label(one)} was applied in another form than this version has.`);
        }
    }
    const newest = Math.max(0, ...applied.map(({ number }) => number));
    const pending = known.filter(({ number }) => !applied.some((one) => one.number === number));
    const missed = pending.find(({ number }) => number < newest);
    if (missed) {
        throw new StartupError(`The database's schema differs from the code: ${label(missed)} was never applied, but a later one was.`);
    }
    return pending;
}
/**
 * Applies the pending migrations in one transaction, under a lock: other processes wait, and find nothing left to do.
 *
 * @param session has no statement timeout: the wait for another process may be long
 * @returns the migrations that this call applied
 */
export async function migrate(session, known) {
    await session.query('begin');
    try {
        await session.query(`select pg_advisory_xact_lock(${LOCK})`);
        await createMigrationsTable(session);
        const { rows } = await session.query('select number, name, checksum from meniscus.migrations order by number');
        const pending = pendingMigrations(rows, known);
        for (const migration of pending) {
            // oxlint-disable-next-line no-await-in-loop -- each builds on the one before
            await apply(session, migration);
        }
        await session.query('commit');
        return pending;
    }
    catch (error) {
        await session.query('rollback').catch(() => undefined);
        throw error;
    }
}
async function createMigrationsTable(session) {
    // Checked first, because CREATE ... IF NOT EXISTS needs the right to create even if there is nothing to do.
    const { rows } = await session.query(`select to_regclass('meniscus.migrations')::text as "migrationsTable", to_regnamespace('meniscus')::text as schema`);
    const [found] = rows;
    if (!found?.schema)
        await session.query('create schema meniscus');
    if (!found?.migrationsTable) {
        await session.query(`
      create table meniscus.migrations (
        number int primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now()
      )`);
    }
}
async function apply(session, migration) {
    await session.query(migration.sql);
    await session.query('insert into meniscus.migrations (number, name, checksum) values ($1, $2, $3)', [
        migration.number,
        migration.name,
        checksumOf(migration),
    ]);
}
//# sourceMappingURL=migrate.js.map