import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../test/harness/free-port.js';
import type { LoadSpec, Wording } from './load.js';
import type { Program, Programs } from './programs.js';

export type ContenderName = 'vendor' | 'service' | 'proxy' | 'textbook';

/** A program that is measured, in its own process. */
export interface Contender {
  readonly name: ContenderName;
  readonly url: string;
  readonly program: Program;
  /** Other processes of the same contender. */
  readonly replicas?: readonly Contender[];
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

/** Creates a key as operators do, and returns the headers of its requests. */
export function createKey(file: string, bounds: readonly string[] = []): Readonly<Record<string, string>> {
  const scopes = 'customers:write,loyalty:write,hierarchy:write,imports:write,imports:read';
  const named = ['--name', `bench-${randomUUID()}`, '--scopes', scopes, '--file', file];
  const key = execFileSync(process.execPath, ['dist/tools/keys/main.js', 'create', ...named, ...bounds], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return { Authorization: `Bearer ${key.toString().trim()}` };
}

/** All services of a run have the same, because some of them share a database or use it one after the other. */
const dataKeys = `bench:${randomBytes(32).toString('base64')}`;

function launch(
  programs: Programs,
  vendorUrl: string,
  environment: Record<string, string>,
  nodeOptions: readonly string[] = [],
): Omit<Contender, 'url'> {
  const API_KEYS_FILE = environment['API_KEYS_FILE'] ?? programs.newFile('api-keys');
  const headers = createKey(API_KEYS_FILE);
  const settings = {
    HOST: '127.0.0.1',
    PORT: '0',
    API_KEYS_FILE,
    UPSTREAM_BASE_URL: vendorUrl,
    UPSTREAM_OAUTH_KEY: 'bench',
    UPSTREAM_OAUTH_SECRET: 'bench',
    DATA_KEYS: dataKeys,
    LOG_HASH_KEY: randomBytes(32).toString('base64'),
    ...environment,
  };
  const program = programs.start('service', 'dist/src/main.js', settings, [...startFlags(), ...nodeOptions]);
  return { name: 'service', program, wording: 'update', headers };
}

/** Starts the service as it is built and shipped, with its defaults and its logs. */
export async function startService(
  programs: Programs,
  vendorUrl: string,
  environment: Record<string, string> = {},
  nodeOptions: readonly string[] = [],
): Promise<Contender> {
  const launched = launch(programs, vendorUrl, environment, nodeOptions);
  const { url } = await launched.program.waitForLine('service.listening');
  return { ...launched, url: String(url) };
}

/** Starts the service with a log that has errors alone, so that it does not say where it listens. */
export async function startQuietService(
  programs: Programs,
  vendorUrl: string,
  environment: Record<string, string>,
): Promise<Contender> {
  const PORT = String(await freePort());
  const launched = launch(programs, vendorUrl, { ...environment, PORT, LOG_LEVEL: 'error' });
  const service = { ...launched, url: `http://127.0.0.1:${PORT}` };
  await waitUntilReady(service);
  return service;
}

const READY_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 5;

/** Waits until the service accepts requests. */
export async function waitUntilReady({ url }: Contender): Promise<void> {
  for (const until = performance.now() + READY_WITHIN_MS; ; await sleep(ASK_EVERY_MS)) {
    // It may not listen yet.
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    if (performance.now() > until) throw new Error('the service was not ready in time');
  }
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
export function loadOn({
  url,
  replicas = [],
  wording,
  headers,
}: Contender): Pick<LoadSpec, 'url' | 'replicaUrls' | 'wording' | 'headers'> {
  return { url, replicaUrls: replicas.map((one) => one.url), wording, headers };
}

/** Returns the programs that a contender consists of. */
export function programsOf({ program, replicas = [] }: Contender): Program[] {
  return [program, ...replicas.map((one) => one.program)];
}

/** Stops all programs of these contenders. */
export async function stopContenders(contenders: readonly Contender[]): Promise<void> {
  await Promise.all(contenders.flatMap(programsOf).map((program) => program.stop()));
}
