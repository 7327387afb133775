import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { demoKey } from './demo-key.ts';
import { demoText } from './demo-text.ts';

/** `npm run demo` starts the sandbox and the service, each in its own process, fully configured. */

const ROOT = join(import.meta.dirname, '..');
const DEMO_FOLDER = join('data', 'demo');
const WORKING_FOLDER = process.cwd();
/** The only variables of the shell that the programs get. They read no `.env` of a real vendor either. */
const { PATH, TMPDIR } = process.env;
const START_WITHIN_MS = 30_000;
/** The service's default, as it is the vendor's usual limit. */
const CALLS_PER_MINUTE = 300;
/** The options that `npm start` uses. */
const HEAP_BOUNDS = ['--max-semi-space-size=32', '--max-old-space-size=512'];
/** Shorter than it takes to start the demo again. */
const LOOK_FOR_STARTER_MS = 200;

const sandboxCredentials = { key: 'sandbox-key', secret: 'sandbox-secret' };

const running: ChildProcess[] = [];
let isStopping = false;

/** Stops the service first: its calls in flight need a vendor that responds. */
async function stop(exitCode: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  process.exitCode = exitCode;
  clearInterval(lookingForStarter);
  for (const child of running.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    // oxlint-disable-next-line no-await-in-loop -- the order matters
    await once(child, 'exit');
  }
}

// A killed npm or terminal sends the demo no signal.
const starter = process.ppid;
const lookingForStarter = setInterval(() => {
  if (process.ppid !== starter) process.kill(process.pid, 'SIGKILL');
}, LOOK_FOR_STARTER_MS);

/** Finds the URL in the line that a program logs when it listens. */
function listeningUrl(event: string, text: string): string | undefined {
  for (const line of text.split('\n')) {
    if (!line.includes(`"${event}"`)) continue;
    const logged = JSON.parse(line) as { event?: string; url?: string };
    if (logged.event === event) return logged.url;
  }
  return undefined;
}

/** Starts a program with its output in a file, and resolves with its URL as soon as it listens. */
async function start(
  name: string,
  command: readonly string[],
  environment: Record<string, string>,
): Promise<string> {
  // A signal may come between the two programs. A program that started after it would never be stopped.
  if (isStopping) throw new Error(`${name} was not started, as the demo is stopping`);
  const path = join(DEMO_FOLDER, `${name}.log`);
  const log = createWriteStream(path);
  const child = spawn(process.execPath, ['--import', join(ROOT, 'sandbox', 'end-with-demo.ts'), ...command], {
    cwd: DEMO_FOLDER,
    env: { PATH, TMPDIR, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    // With a process group of its own, or Ctrl-C in the terminal would stop the sandbox before the service is done with it.
    detached: true,
  });
  running.push(child);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });

  return new Promise((resolve, reject) => {
    let written = '';
    const timer = setTimeout(() => reject(new Error(`${name} did not start; see ${path}`)), START_WITHIN_MS);
    const read = (chunk: Buffer): void => {
      written = (written + chunk.toString()).slice(-100_000);
      const url = listeningUrl(`${name}.listening`, written);
      if (url === undefined) return;
      clearTimeout(timer);
      child.stdout.off('data', read);
      resolve(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', (chunk: Buffer) => (written += chunk.toString()));
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended with ${code}; the end of ${path}:\n${written.slice(-1500)}`));
      if (!isStopping) console.error(`${name} ended with ${code}; see ${path}`);
      void stop(1);
    });
  });
}

process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));

try {
  mkdirSync(DEMO_FOLDER, { recursive: true });
  const { key, keysFile } = demoKey(DEMO_FOLDER);
  const vendor = await start('sandbox', [join(ROOT, 'sandbox', 'main.ts')], {
    SANDBOX_PORT: process.env['SANDBOX_PORT'] ?? '4010',
    SANDBOX_KEY: sandboxCredentials.key,
    SANDBOX_SECRET: sandboxCredentials.secret,
  });
  const service = await start('service', [...HEAP_BOUNDS, join(ROOT, 'dist', 'src', 'main.js')], {
    HOST: '127.0.0.1',
    PORT: process.env['PORT'] ?? '3000',
    API_KEYS_FILE: join(WORKING_FOLDER, keysFile),
    UPSTREAM_BASE_URL: vendor,
    UPSTREAM_OAUTH_KEY: sandboxCredentials.key,
    UPSTREAM_OAUTH_SECRET: sandboxCredentials.secret,
    UPSTREAM_CALLS_PER_MINUTE: String(CALLS_PER_MINUTE),
    DATA_DIR: join(WORKING_FOLDER, DEMO_FOLDER),
    DEFAULT_SOURCE: 'INSTORE',
  });
  console.log(demoText({ service, vendor, key, folder: DEMO_FOLDER, callsPerMinute: CALLS_PER_MINUTE }));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stop(1);
}
