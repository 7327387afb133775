import { afterAll, beforeAll } from 'vitest';
import type { KeyRecord } from '../../src/security/keys-file.js';
import { type Service, startService } from './service.js';

/** A service that a test may stop, or kill, and start again. */
export interface ServiceInUse extends Service {
  /** Starts another process with the same settings, to which all that is asked from now on goes. */
  start(): Promise<void>;
}

/**
 * Runs the service for all tests of a file.
 *
 * @param vendor is up by then: what uses it stands above
 * @returns the service, which can be asked from the first hook on that stands below
 */
export function useService(
  vendor: { readonly url: string },
  environment?: Record<string, string>,
  keys?: readonly KeyRecord[],
): ServiceInUse {
  let started: Service | undefined;
  const start = async (): Promise<void> => {
    started = await startService(vendor.url, environment, keys);
    Object.assign(service, started);
  };
  const service = { start } as ServiceInUse;
  beforeAll(start);
  afterAll(async () => started?.stop());
  return service;
}
