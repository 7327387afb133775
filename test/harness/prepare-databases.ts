import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { DatabaseSettings } from '../../src/database/open-database.js';
import { createDatabase, dropDatabases, startCluster } from './postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which tests may create databases; undefined when this machine has none. */
    readonly serverUrl: string | undefined;
    /** The prefix of the names of this run's databases. */
    readonly databasePrefix: string;
    /** The folder in which this run creates its folders. */
    readonly dataRoot: string;
    /** A DATA_DIR that a first start of the service filled; tests begin with a copy. */
    readonly preparedData: string;
    /** A database that a first start of the service filled; undefined when there is no server. */
    readonly preparedDatabase: string | undefined;
    /** The folder in which Node caches the compiled code of the programs. */
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

/** Returns the server at `TEST_DATABASE_URL`, else starts one for the length of this run. */
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

/** Prepares databases that tests copy, as a first start on an empty database takes seconds. */
export default async function prepareDatabases(
  project: TestProject,
): Promise<(() => Promise<void>) | undefined> {
  const isFirst = run.preparedDatabases === undefined;
  run.preparedDatabases ??= prepare();
  const { remove, ...provided } = await run.preparedDatabases;
  for (const [name, value] of Object.entries(provided)) project.provide(name as keyof typeof provided, value);
  return isFirst ? remove : undefined;
}
