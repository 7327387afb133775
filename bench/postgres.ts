import { createDatabase, startCluster } from '../test/harness/postgres.js';
import type { Bench } from './measure.js';
import type { Figure } from './report.js';

export const DRIVERS = ['postgres', 'embedded'] as const;
export type Driver = (typeof DRIVERS)[number];

/** The settings that choose a database of the service: an empty one. */
export type DatabaseChoice = { readonly DATABASE_URL: string } | { readonly DATA_DIR: string };

/** A PostgreSQL server that the bench started. */
export interface Postgres {
  /** Creates an empty database, and returns its URL. */
  createDatabase(): Promise<string>;
  remove(): Promise<void>;
}

/** Starts PostgreSQL without `fsync`; prints a line in capitals and returns undefined if this machine has none. */
export async function startPostgres(): Promise<Postgres | undefined> {
  const cluster = await startCluster().catch((error: unknown) => {
    const because = error instanceof Error ? error.message : String(error);
    console.log(`\n  THERE IS NO POSTGRESQL ON THIS MACHINE (${because}): NOTHING IS MEASURED ON IT\n`);
  });
  if (!cluster) return undefined;
  return {
    createDatabase: () => createDatabase(cluster.url, 'meniscus_bench'),
    remove: () => cluster.remove(),
  };
}

/** Measures the same with an empty database of each driver, one after the other. */
export async function withEachDriver(
  { programs }: Bench,
  run: (driver: Driver, choice: DatabaseChoice) => Promise<Figure[]>,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  const postgres = await startPostgres();
  if (postgres) {
    try {
      figures.push(...(await run('postgres', { DATABASE_URL: await postgres.createDatabase() })));
    } finally {
      await postgres.remove();
    }
  }
  figures.push(...(await run('embedded', { DATA_DIR: programs.newFile('data') })));
  return figures;
}
