import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEYS_PROGRAM = join(import.meta.dirname, '..', 'dist', 'tools', 'keys', 'main.js');

const SCOPES =
  'customers:write,loyalty:write,hierarchy:write,hierarchy:read,imports:write,imports:read,ops:read,ops:write';

/** The key of the demo, and the file that the service knows it by. */
export interface DemoKey {
  readonly key: string;
  readonly keysFile: string;
}

/**
 * Makes a key at the first start, and keeps it in the demo's folder: lines that were printed before a restart still
 * work after it. It opens nothing but a service on loopback that speaks to the sandbox.
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
