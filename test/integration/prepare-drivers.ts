import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Cluster, dropDatabases, startCluster } from '../harness/postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of a server that allows creating databases; undefined if there is none. */
    readonly serverUrl: string | undefined;
    /** The prefix of the names of this run's databases. */
    readonly databasePrefix: string;
    /** The parent of this run's folders. */
    readonly dataRoot: string;
  }
}

/** Provides the server of `TEST_DATABASE_URL`, or starts a cluster for this run; without either, all tests on PostgreSQL are skipped. */
export default async function prepareDrivers(project: TestProject): Promise<() => Promise<void>> {
  let cluster: Cluster | undefined;
  let url = process.env['TEST_DATABASE_URL'];
  if (!url) {
    try {
      cluster = await startCluster();
      ({ url } = cluster);
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      console.warn(
        `NOTHING IS TESTED ON POSTGRESQL: ${because}. SET TEST_DATABASE_URL, OR INSTALL POSTGRESQL.`,
      );
    }
  }
  const prefix = `meniscus_test_${Date.now().toString(36)}${process.pid}`;
  project.provide('serverUrl', url);
  project.provide('databasePrefix', prefix);
  const dataRoot = mkdtempSync(join(tmpdir(), 'meniscus-integration-'));
  project.provide('dataRoot', dataRoot);
  return async () => {
    rmSync(dataRoot, { recursive: true, force: true });
    if (cluster) await cluster.remove();
    else if (url) await dropDatabases(url, prefix);
  };
}
