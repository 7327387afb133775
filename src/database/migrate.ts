import { createHash } from 'node:crypto';
import type { Queryable } from './database.js';
import { StartRefused } from '../config/startup-error.js';

/** One step of the schema, in the SQL of both homes. Never edited once released: a later step amends it. */
export interface Migration {
  readonly number: number;
  /** `verb-noun`, as in the name of its file. */
  readonly name: string;
  readonly sql: string;
}

export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/** Any number that nobody else locks in this database. */
const LOCK = 1_632_490_857;

export function checksumOf({ sql }: Migration): string {
  return createHash('sha256').update(sql).digest('hex');
}

export function label({ number, name }: { readonly number: number; readonly name: string }): string {
  return `${String(number).padStart(4, '0')}-${name}`;
}

/**
 * Compares what a database has had with what this version knows.
 *
 * @returns what is still to be applied
 * @throws StartRefused when the database is newer, or was built from something else than this version has
 */
export function pendingMigrations(
  applied: readonly AppliedMigration[],
  known: readonly Migration[],
): Migration[] {
  const byNumber = new Map(known.map((migration) => [migration.number, migration]));
  for (const one of applied) {
    const migration = byNumber.get(one.number);
    if (!migration) {
      throw new StartRefused(
        `The database's schema is newer than the code: it has ${label(one)}, which this version does not know. Start the newer version.`,
      );
    }
    if (migration.name !== one.name || checksumOf(migration) !== one.checksum) {
      throw new StartRefused(
        `The database's schema differs from the code: ${label(one)} was applied in another form than this version has.`,
      );
    }
  }
  const newest = Math.max(0, ...applied.map(({ number }) => number));
  const pending = known.filter(({ number }) => !applied.some((one) => one.number === number));
  const missed = pending.find(({ number }) => number < newest);
  if (missed) {
    throw new StartRefused(
      `The database's schema differs from the code: ${label(missed)} was never applied, but a later one was.`,
    );
  }
  return pending;
}

/**
 * Brings the schema up to date, all in one transaction and one process at a time: the others wait, and find it done.
 *
 * @param session without limits of time: the wait for another process may be long
 * @returns the migrations that were applied
 */
export async function migrate(session: Queryable, known: readonly Migration[]): Promise<Migration[]> {
  await session.query('begin');
  try {
    await session.query(`select pg_advisory_xact_lock(${LOCK})`);
    await createBooks(session);
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

async function createBooks(session: Queryable): Promise<void> {
  // Asked first, as CREATE ... IF NOT EXISTS needs the right to create even where there is nothing to do.
  const { rows } = await session.query<{ books: string | null; schema: string | null }>(
    `select to_regclass('meniscus.migrations')::text as books, to_regnamespace('meniscus')::text as schema`,
  );
  const [found] = rows;
  if (!found?.schema) await session.query('create schema meniscus');
  if (!found?.books) {
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
