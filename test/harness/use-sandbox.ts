import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Sandbox, startSandbox } from './sandbox.js';

/**
 * Runs the imitated vendor for all tests of a file.
 *
 * @returns the sandbox, which can be used in the hooks and tests that follow
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
