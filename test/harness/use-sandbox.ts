import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Sandbox, startSandbox } from './sandbox.js';

/**
 * Runs the imitated vendor for all tests of a file.
 *
 * @returns the sandbox, which can be asked from the first hook on that stands below
 */
export function useSandbox({ resetBeforeEach = false } = {}): Sandbox {
  const sandbox = {} as Sandbox;
  let started: Sandbox | undefined;
  beforeAll(async () => {
    started = await startSandbox();
    Object.assign(sandbox, started);
  });
  afterAll(async () => started?.stop());
  if (resetBeforeEach) beforeEach(() => sandbox.reset());
  return sandbox;
}
