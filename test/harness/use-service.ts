import { afterAll, beforeAll } from 'vitest';
import type { KeyRecord } from '../../src/security/keys-file.js';
import { prepareDatabase } from './databases.js';
import { type Service, startService } from './service.js';
import { useFolder } from './use-folder.js';

/** A service that a test may stop, or kill, and start again. */
export interface ServiceInUse extends Service {
  /** Starts another process with the same settings and database; later requests go to it. */
  start(): Promise<void>;
}

/**
 * Runs the service for all tests of a file.
 *
 * @param vendor has started by then: its hook comes first in the file
 * @returns the service, which can be used in the hooks and tests that follow
 */
export function useService(
  vendor: { readonly url: string },
  environment: Record<string, string> = {},
  keys?: readonly KeyRecord[],
): ServiceInUse {
  const folder = useFolder();
  const isDatabaseGiven = 'DATABASE_URL' in environment || 'DATA_DIR' in environment;
  let started: Service | undefined;
  let database: Record<string, string> | undefined;
  const start = async (): Promise<void> => {
    if (!isDatabaseGiven) database ??= await prepareDatabase(folder);
    started = await startService(vendor.url, { ...environment, ...database }, keys);
    Object.assign(service, started);
  };
  const service = { start } as ServiceInUse;
  beforeAll(start);
  afterAll(async () => started?.stop());
  return service;
}
