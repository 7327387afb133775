import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { DatabaseSettings } from '../../src/database/open-database.js';
import { createDatabase, dropDatabases, startCluster } from './postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which tests may create databases; undefined where there is none. */
    readonly serverUrl: string | undefined;
    /** The names of this run's databases begin with it. */
    readonly databasePrefix: string;
    /** This run creates its folders in it. */
    readonly dataRoot: string;
    /** What the service left in DATA_DIR after its first start: tests begin with a copy. */
    readonly preparedData: string;
    /** What the service left in a database of the server after its first start; undefined where there is no server. */
    readonly preparedDatabase: string | undefined;
    /** Node keeps the compiled code of the programs in it. */
    readonly compileCache: string;
  }
}

interface Prepared {
  readonly serverUrl: string | undefined;
  readonly databasePrefix: string;
  readonly dataRoot: string;
  readonly preparedData: string;
  readonly preparedDatabase: string | undefined;
  readonly compileCache: string;
  readonly remove: () => Promise<void>;
}

interface Server {
  readonly url: string;
  remove(databasePrefix: string): Promise<void>;
}

/** `TEST_DATABASE_URL`, else a server that lives as long as this run. */
async function findServer(): Promise<Server | undefined> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) return { url: given, remove: (databasePrefix) => dropDatabases(given, databasePrefix) };
  try {
    return await startCluster();
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    console.warn(
      `NOTHING IS TESTED ON POSTGRESQL, AND ALL SERVICES RUN ON THE EMBEDDED DATABASE: ${because}. ` +
        'SET TEST_DATABASE_URL, OR INSTALL POSTGRESQL.',
    );
    return undefined;
  }
}

async function prepare(): Promise<Prepared> {
  const dataRoot = mkdtempSync(join(tmpdir(), 'meniscus-tests-'));
  const databasePrefix = `meniscus_test_${Date.now().toString(36)}${process.pid}`;
  const [preparedData, compileCache] = [join(dataRoot, 'prepared'), join(dataRoot, 'compiled')];
  mkdirSync(preparedData);
  const server = await findServer();
  const preparedDatabase = server && (await createDatabase(server.url, databasePrefix));

  const built = new URL('../../dist/src/database/prepare-database.js', import.meta.url).href;
  const { prepareDatabase } = (await import(
    built
  )) as typeof import('../../src/database/prepare-database.js');
  const silent = { write: () => undefined, fault: () => undefined };
  const settings: DatabaseSettings[] = [{ DATA_DIR: preparedData }];
  if (preparedDatabase !== undefined) settings.push({ DATA_DIR: '', DATABASE_URL: preparedDatabase });
  for (const one of settings) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const prepared = await prepareDatabase(one, silent);
    // oxlint-disable-next-line no-await-in-loop -- likewise
    await prepared.close();
  }
  return {
    serverUrl: server?.url,
    databasePrefix,
    dataRoot,
    preparedData,
    preparedDatabase,
    compileCache,
    remove: async () => {
      rmSync(dataRoot, { recursive: true, force: true });
      await server?.remove(databasePrefix);
    },
  };
}

/** Every project loads this file as a module of its own, and the first one prepares the databases for all of them. */
const run = globalThis as { preparedDatabases?: Promise<Prepared> };

/** A first start on an empty database takes seconds, so tests copy what one left. */
export default async function prepareDatabases(
  project: TestProject,
): Promise<(() => Promise<void>) | undefined> {
  const isFirst = run.preparedDatabases === undefined;
  run.preparedDatabases ??= prepare();
  const { remove, ...provided } = await run.preparedDatabases;
  for (const [name, value] of Object.entries(provided)) project.provide(name as keyof typeof provided, value);
  return isFirst ? remove : undefined;
}
