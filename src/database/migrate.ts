import { createHash } from 'node:crypto';
import type { Queryable } from './database.js';
import { StartupError } from '../config/startup-error.js';

/** One step of the schema, in SQL that both drivers accept. A released migration is never edited; a later one amends it. */
export interface Migration {
  readonly number: number;
  /** `verb-noun`, as in its file name. */
  readonly name: string;
  readonly sql: string;
}

export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/** The schema of the job queue; `job-queue.ts` creates the tables in it. */
export const JOBS_SCHEMA = 'meniscus_jobs';

const SCHEMAS = ['meniscus', JOBS_SCHEMA];

/** An arbitrary key that no other lock in this database uses. */
const LOCK = 1_632_490_857;

export function checksumOf({ sql }: Migration): string {
  return createHash('sha256').update(sql).digest('hex');
}

export function label({ number, name }: { readonly number: number; readonly name: string }): string {
  return `${String(number).padStart(4, '0')}-${name}`;
}

/**
 * Compares the applied migrations with those of this version.
 *
 * @returns the migrations that are still to be applied
 * @throws StartupError if the database is newer than this version, or was built from other migrations
 */
export function pendingMigrations(
  applied: readonly AppliedMigration[],
  known: readonly Migration[],
): Migration[] {
  const byNumber = new Map(known.map((migration) => [migration.number, migration]));
  for (const one of applied) {
    const migration = byNumber.get(one.number);
    if (!migration) {
      throw new StartupError(
        `The database's schema is newer than the code: it has ${label(one)}, which this version does not know. Start the newer version.`,
      );
    }
    if (migration.name !== one.name || checksumOf(migration) !== one.checksum) {
      throw new StartupError(
        `The database's schema differs from the code: ${label(one)} was applied in another form than this version has.`,
      );
    }
  }
  const newest = Math.max(0, ...applied.map(({ number }) => number));
  const pending = known.filter(({ number }) => !applied.some((one) => one.number === number));
  const missed = pending.find(({ number }) => number < newest);
  if (missed) {
    throw new StartupError(
      `The database's schema differs from the code: ${label(missed)} was never applied, but a later one was.`,
    );
  }
  return pending;
}

/**
 * Applies the pending migrations in one transaction, under a lock: other processes wait, and find nothing left to do.
 *
 * @param session has no statement timeout: the wait for another process may be long
 * @returns the migrations that this call applied
 */
export async function migrate(session: Queryable, known: readonly Migration[]): Promise<Migration[]> {
  await session.query('begin');
  try {
    await session.query(`select pg_advisory_xact_lock(${LOCK})`);
    await createSchemas(session);
    await createMigrationsTable(session);
    const { rows } = await session.query<AppliedMigration>(
      'select number, name, checksum from meniscus.migrations order by number',
    );
    const pending = pendingMigrations(rows, known);
    for (const migration of pending) {
      // oxlint-disable-next-line no-await-in-loop -- each builds on the one before
      await apply(session, migration);
    }
    await session.query('commit');
    return pending;
  } catch (error) {
    await session.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** An administrator may have created the schemas for a user without the right to do so, so none is created twice. */
async function createSchemas(session: Queryable): Promise<void> {
  const { rows } = await session.query<{ name: string }>(
    'select name from unnest($1::text[]) as name where to_regnamespace(name) is null',
    [SCHEMAS],
  );
  for (const { name } of rows) {
    // oxlint-disable-next-line no-await-in-loop -- one session, one statement at a time
    await session.query(`create schema ${name}`);
  }
}

async function createMigrationsTable(session: Queryable): Promise<void> {
  // Checked first, because CREATE ... IF NOT EXISTS needs the right to create even if there is nothing to do.
  const { rows } = await session.query<{ migrationsTable: string | null }>(
    `select to_regclass('meniscus.migrations')::text as "migrationsTable"`,
  );
  if (!rows[0]?.migrationsTable) {
    await session.query(`
      create table meniscus.migrations (
        number int primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now()
      )`);
  }
}

async function apply(session: Queryable, migration: Migration): Promise<void> {
  await session.query(migration.sql);
  await session.query('insert into meniscus.migrations (number, name, checksum) values ($1, $2, $3)', [
    migration.number,
    migration.name,
    checksumOf(migration),
  ]);
}
