import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { demoKey } from './demo-key.ts';
import { DemoLog } from './demo-log.ts';
import { demoText } from './demo-text.ts';

/** `npm run demo` starts the sandbox and the service, each in its own process, fully configured. */

const ROOT = join(import.meta.dirname, '..');
const DEFAULT_PORT = '3000';
const SERVICE_PORT = process.env['PORT'] || DEFAULT_PORT;
const SANDBOX_PORT = process.env['SANDBOX_PORT'] || '4010';
/** A demo on a port of its own has a folder of its own, so that several can run. 0 is any free port. */
const hasOwnFolder = /^[1-9]\d*$/.test(SERVICE_PORT) && SERVICE_PORT !== DEFAULT_PORT;
const DEMO_FOLDER = join('data', hasOwnFolder ? `demo-${SERVICE_PORT}` : 'demo');
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

const ABOUT_PORTS =
  'If another demo runs here, stop it, or give this one ports of its own: PORT=3001 SANDBOX_PORT=4011 npm run demo';

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

/** Starts a program, and resolves with its URL as soon as it listens. */
async function start(
  name: string,
  log: DemoLog,
  command: readonly string[],
  environment: Record<string, string>,
): Promise<string> {
  // A signal may come between the two programs. A program that started after it would never be stopped.
  if (isStopping) throw new Error(`${name} was not started, as the demo is stopping`);
  const child = spawn(process.execPath, ['--import', join(ROOT, 'sandbox', 'end-with-demo.ts'), ...command], {
    cwd: DEMO_FOLDER,
    env: { PATH, TMPDIR, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    // With a process group of its own, or Ctrl-C in the terminal would stop the sandbox before the service is done with it.
    detached: true,
  });
  running.push(child);
  child.stdout.on('data', (chunk: Buffer) => log.write(chunk));
  child.stderr.on('data', (chunk: Buffer) => log.write(chunk));

  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${name} did not start; it wrote:\n${log.end()}`)),
      START_WITHIN_MS,
    );
    const read = (): void => {
      const url = listeningUrl(`${name}.listening`, log.text());
      if (url === undefined) return;
      clearTimeout(timer);
      child.stdout.off('data', read);
      resolve(url);
    };
    child.stdout.on('data', read);
    // Follows when all output is read, unlike `exit`.
    child.once('close', (code) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended with ${code}; it wrote:\n${log.end()}`));
      if (!isStopping && log.isInFile) console.error(`${name} ended with ${code}; see ${log.path}`);
      void stop(1);
    });
  });
}

let isStoppedBySignal = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    isStoppedBySignal = true;
    void stop(0);
  });
}

try {
  mkdirSync(DEMO_FOLDER, { recursive: true });
  const { key, keysFile } = demoKey(DEMO_FOLDER);
  const sandboxLog = new DemoLog(join(DEMO_FOLDER, 'sandbox.log'));
  const serviceLog = new DemoLog(join(DEMO_FOLDER, 'service.log'));
  const vendor = await start('sandbox', sandboxLog, [join(ROOT, 'sandbox', 'main.ts')], {
    SANDBOX_PORT,
    SANDBOX_KEY: sandboxCredentials.key,
    SANDBOX_SECRET: sandboxCredentials.secret,
  });
  const service = await start('service', serviceLog, [...HEAP_BOUNDS, join(ROOT, 'dist', 'src', 'main.js')], {
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: SERVICE_PORT,
    API_KEYS_FILE: join(WORKING_FOLDER, keysFile),
    UPSTREAM_BASE_URL: vendor,
    UPSTREAM_OAUTH_KEY: sandboxCredentials.key,
    UPSTREAM_OAUTH_SECRET: sandboxCredentials.secret,
    UPSTREAM_CALLS_PER_MINUTE: String(CALLS_PER_MINUTE),
    DATA_DIR: join(WORKING_FOLDER, DEMO_FOLDER),
    DEFAULT_SOURCE: 'INSTORE',
  });
  // Now the ports and the folder are those of this demo, so the logs in it are not those of another that runs.
  for (const log of [sandboxLog, serviceLog]) log.openFile();
  console.log(demoText({ service, vendor, key, folder: DEMO_FOLDER, callsPerMinute: CALLS_PER_MINUTE }));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (!isStoppedBySignal) console.error(ABOUT_PORTS);
  await stop(1);
}
