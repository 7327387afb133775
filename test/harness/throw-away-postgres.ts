/**
 * A program that runs a PostgreSQL server as long as its parent process lives. It writes the URL to its output and reads
 * `stop` and `start` from its input. When the input ends, also because the parent died, it removes the server.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The data need not survive a crash of the machine, so nothing waits for the disk. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'fsync=off',
  'full_page_writes=off',
  'max_connections=200',
  'log_min_messages=panic',
];

const DEBIANS = '/usr/lib/postgresql';

function binaries(): string | undefined {
  const own = process.env['POSTGRES_BIN'];
  if (own !== undefined) return existsSync(join(own, 'initdb')) ? own : undefined;
  const versions = existsSync(DEBIANS) ? readdirSync(DEBIANS).toSorted((a, b) => Number(b) - Number(a)) : [];
  return versions
    .map((version) => join(DEBIANS, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
}

/** Returns another user when this process is root, as PostgreSQL refuses to run as root. */
function otherUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'daemon']) {
    try {
      const id = (flag: string): number =>
        Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // there is no such user: try the next one
    }
  }
  throw new Error('there is no user but root to run PostgreSQL as');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address === 'string' || address === null) throw new Error('no port');
  return address.port;
}

function report(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const bin = binaries();
if (bin === undefined) {
  report({ event: 'postgres.none', because: 'no PostgreSQL is installed' });
  process.exit(0);
}

const user = otherUser();
const folder = mkdtempSync(join(tmpdir(), 'meniscus-postgres-'));
if (user) chownSync(folder, user.uid, user.gid);
const data = join(folder, 'data');
const port = await freePort();
let server: ChildProcess | undefined;

async function start(): Promise<void> {
  server = spawn(
    join(bin as string, 'postgres'),
    ['-D', data, '-p', String(port), '-k', folder, ...SETTINGS.flatMap((setting) => ['-c', setting])],
    { ...user, cwd: folder, stdio: 'ignore' },
  );
  for (;;) {
    try {
      const ready = ['-h', '127.0.0.1', '-p', String(port), '-t', '1', '-q'];
      execFileSync(join(bin as string, 'pg_isready'), ready);
      return;
    } catch (error) {
      if (server.exitCode !== null) throw error;
      // oxlint-disable-next-line no-await-in-loop -- polls until it is ready
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Stops the server at once: what is lost by that is not needed. */
async function stop(): Promise<void> {
  if (!server || server.exitCode !== null) return;
  const ended = new Promise((resolve) => server?.once('exit', resolve));
  server.kill('SIGQUIT');
  await ended;
}

async function end(): Promise<void> {
  await stop();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

process.on('SIGINT', () => void end());
process.on('SIGTERM', () => void end());
execFileSync(
  join(bin, 'initdb'),
  ['-D', data, '-U', 'meniscus', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
  { ...user, cwd: folder, stdio: 'ignore' },
);
await start();
report({ event: 'postgres.listening', url: `postgresql://meniscus@127.0.0.1:${port}/postgres` });

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const done = line === 'stop' ? stop() : start();
  void done.then(() => report({ event: `postgres.${line}` }));
});
input.on('close', () => void end());
