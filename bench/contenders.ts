import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { LoadSpec, Wording } from './load.js';
import type { Program, Programs } from './programs.js';

export type ContenderName = 'vendor' | 'service' | 'proxy' | 'textbook';

/** A program that is measured, in its own process. */
export interface Contender {
  readonly name: ContenderName;
  readonly url: string;
  readonly program: Program;
  readonly wording: Wording;
  /** Headers of every request to it. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Starts the vendor stub, which is a contender too: the others add their time to its own. */
export async function startVendor(programs: Programs): Promise<Contender> {
  const program = programs.start('vendor', 'artifacts/bench/vendor-stub.js', {});
  const { url } = await program.waitForLine('stub.listening');
  return { name: 'vendor', url: String(url), program, wording: 'call', headers: {} };
}

/** Returns the options that `npm start` passes to Node. */
function startFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

/** Creates a key as operators do. */
function makeKey(file: string): string {
  const scopes = 'customers:write,imports:write,imports:read';
  const args = ['dist/tools/keys/main.js', 'create', '--name', 'bench', '--scopes', scopes, '--file', file];
  return execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .trim();
}

/** Starts the service as it is built and shipped, with its defaults and its logs. */
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

/** Returns what all loads on a contender have in common. */
export function loadOn({ url, wording, headers }: Contender): Pick<LoadSpec, 'url' | 'wording' | 'headers'> {
  return { url, wording, headers };
}
