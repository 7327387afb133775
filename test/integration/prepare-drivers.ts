import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Cluster, dropDatabases, startCluster } from '../harness/postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a server on which databases may be created; undefined where there is none. */
    readonly serverUrl: string | undefined;
    /** What the names of this run's databases begin with. */
    readonly databasePrefix: string;
    /** In which this run's folders are created. */
    readonly dataRoot: string;
  }
}

/** `TEST_DATABASE_URL`, else a cluster of our own for this run; without either, everything on PostgreSQL is skipped. */
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
