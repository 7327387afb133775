import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { until } from './until.js';

const PROGRAM = process.env['PGBOUNCER'] ?? '/usr/sbin/pgbouncer';

/** A pooler in front of a PostgreSQL server. */
export interface Pooler {
  /** Returns the URL of the database through the pooler. */
  urlOf(databaseUrl: string): string;
  stop(): Promise<void>;
}

/** Whether this machine has PgBouncer; otherwise warns that nothing is tested with it. */
export function hasPgbouncer(): boolean {
  const isThere = existsSync(PROGRAM);
  if (!isThere) {
    console.warn(
      `NOTHING HERE IS TESTED WITH PGBOUNCER: there is no ${PROGRAM}. INSTALL IT, OR SET PGBOUNCER.`,
    );
  }
  return isThere;
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGQUIT');
  await ended;
}

/**
 * Starts PgBouncer with its defaults and these settings.
 *
 * @param serverUrl a server that trusts this machine
 */
export async function startPgbouncer(
  serverUrl: string,
  settings: Readonly<Record<string, string>>,
): Promise<Pooler> {
  const server = new URL(serverUrl);
  const folder = mkdtempSync(join(tmpdir(), 'meniscus-pgbouncer-'));
  const port = await freePort();
  const [users, config] = [join(folder, 'users.txt'), join(folder, 'pgbouncer.ini')];
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: users,
    // It refuses to run as root, and reads the users as the other user.
    ...(process.getuid?.() === 0 && { user: 'daemon' }),
    ...settings,
  };
  writeFileSync(users, `"${server.username}" ""\n`);
  writeFileSync(
    config,
    [
      '[databases]',
      `* = host=${server.hostname} port=${server.port}`,
      '[pgbouncer]',
      ...Object.entries(all).map(([name, value]) => `${name} = ${value}`),
    ].join('\n'),
  );
  chmodSync(folder, 0o755);
  const child = spawn(PROGRAM, ['-q', config], { stdio: 'ignore' });
  await until(() => {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}`);
    return accepts(port);
  });
  return {
    urlOf: (databaseUrl) => {
      const url = new URL(databaseUrl);
      url.port = String(port);
      return url.href;
    },
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
