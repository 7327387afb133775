import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEYS_PROGRAM = join(import.meta.dirname, '..', 'dist', 'tools', 'keys', 'main.js');

const SCOPES =
  'customers:write,loyalty:write,hierarchy:write,hierarchy:read,imports:write,imports:read,ops:read,ops:write';

/** The key of the demo, and the file of API keys that the service reads. */
export interface DemoKey {
  readonly key: string;
  readonly keysFile: string;
}

/**
 * Creates a key at the first start and keeps it in the demo's folder, so that commands printed before a restart still
 * work after it. The key only opens a service on loopback that calls the sandbox.
 */
export function demoKey(folder: string): DemoKey {
  const keysFile = join(folder, 'api-keys.json');
  const keptFile = join(folder, 'api-key');
  if (existsSync(keysFile) && existsSync(keptFile)) return { key: readFileSync(keptFile, 'utf8'), keysFile };
  rmSync(keysFile, { force: true });
  const args = ['create', '--name', 'demo', '--scopes', SCOPES, '--file', keysFile];
  const key = execFileSync(process.execPath, [KEYS_PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .toString()
    .trim();
  writeFileSync(keptFile, key, { mode: 0o600 });
  return { key, keysFile };
}
