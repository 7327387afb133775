import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { LoadSpec, Wording } from './load.js';
import type { Program, Programs } from './programs.js';

export type ContenderName = 'vendor' | 'service' | 'proxy' | 'textbook';

/** Somebody who is measured, in a process of its own. */
export interface Contender {
  readonly name: ContenderName;
  readonly url: string;
  readonly program: Program;
  readonly wording: Wording;
  /** What every request to it carries. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The vendor stub, which is a contender too: what it takes alone is what the others add to. */
export async function startVendor(programs: Programs): Promise<Contender> {
  const program = programs.start('vendor', 'artifacts/bench/vendor-stub.js', {});
  const { url } = await program.waitForLine('stub.listening');
  return { name: 'vendor', url: String(url), program, wording: 'call', headers: {} };
}

/** What `npm start` gives to Node. */
function startFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

/** Makes a key as operators do. */
function makeKey(file: string): string {
  const scopes = 'customers:write,imports:write,imports:read';
  const args = ['dist/tools/keys/main.js', 'create', '--name', 'bench', '--scopes', scopes, '--file', file];
  return execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .trim();
}

/** The service as it is built and shipped, with its defaults, its logs among them. */
export async function startService(
  programs: Programs,
  vendorUrl: string,
  environment: Record<string, string> = {},
  nodeOptions: readonly string[] = [],
): Promise<Contender> {
  const API_KEYS_FILE = programs.file(`api-keys-${randomUUID()}.json`);
  const headers = { Authorization: `Bearer ${makeKey(API_KEYS_FILE)}` };
  const settings = {
    HOST: '127.0.0.1',
    PORT: '0',
    API_KEYS_FILE,
    UPSTREAM_BASE_URL: vendorUrl,
    UPSTREAM_OAUTH_KEY: 'bench',
    UPSTREAM_OAUTH_SECRET: 'bench',
    DATA_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    LOG_HASH_KEY: randomBytes(32).toString('base64'),
    ...environment,
  };
  const program = programs.start('service', 'dist/src/main.js', settings, [...startFlags(), ...nodeOptions]);
  const { url } = await program.waitForLine('service.listening');
  return { name: 'service', url: String(url), program, wording: 'update', headers };
}

export async function startProxy(programs: Programs, vendorUrl: string): Promise<Contender> {
  const file = 'artifacts/bench/peers/bare-proxy.js';
  const program = programs.start('proxy', file, { UPSTREAM_BASE_URL: vendorUrl });
  const { url } = await program.waitForLine('proxy.listening');
  return { name: 'proxy', url: String(url), program, wording: 'item', headers: {} };
}

export async function startTextbook(programs: Programs, vendorUrl: string): Promise<Contender> {
  const file = 'artifacts/bench/peers/textbook-bff.js';
  const program = programs.start('textbook', file, { UPSTREAM_BASE_URL: vendorUrl });
  const { url } = await program.waitForLine('textbook.listening');
  return { name: 'textbook', url: String(url), program, wording: 'update', headers: {} };
}

/** What every load on a contender has in common. */
export function loadOn({ url, wording, headers }: Contender): Pick<LoadSpec, 'url' | 'wording' | 'headers'> {
  return { url, wording, headers };
}
