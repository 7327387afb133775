import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';

/** Beside this file, as it is written or, in the bench, as it is built. */
const PROGRAM = new URL(`./throw-away-postgres${extname(import.meta.url)}`, import.meta.url).pathname;
const START_WITHIN_MS = 60_000;

/** A PostgreSQL server for tests. */
export interface Cluster {
  readonly url: string;
  /** Takes the server down and brings it up again, with what it held. */
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  /** Ends it and removes what it held. */
  remove(): Promise<void>;
}

interface Told {
  readonly event: string;
  readonly url?: string;
  readonly because?: string;
}

function listenTo(child: ChildProcess): (event: string) => Promise<Told> {
  const waiting = new Set<(told: Told | undefined) => void>();
  if (!child.stdout) throw new Error('the program has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    for (const tell of waiting) tell(JSON.parse(line) as Told);
  });
  child.once('exit', () => {
    for (const tell of waiting) tell(undefined);
  });
  return (event) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${event} in time`)), START_WITHIN_MS);
      const tell = (told: Told | undefined): void => {
        if (told?.event !== event && told?.event !== 'postgres.none' && told !== undefined) return;
        clearTimeout(timer);
        waiting.delete(tell);
        if (told?.event === event) resolve(told);
        else reject(new Error(told?.because ?? `the server ended before ${event}`));
      };
      waiting.add(tell);
    });
}

/** @throws with the reason, where this machine has no PostgreSQL to run */
export async function startCluster(): Promise<Cluster> {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  const hear = listenTo(child);
  const { url = '' } = await hear('postgres.listening');
  const ask = async (line: 'stop' | 'start'): Promise<void> => {
    const done = hear(`postgres.${line}`);
    child.stdin.write(`${line}\n`);
    await done;
  };
  return {
    url,
    stopServer: () => ask('stop'),
    startServer: () => ask('start'),
    remove: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await ended;
    },
  };
}

/** Starts one where it can be; else says loudly that what needs one is not tested. */
export async function startClusterIfAny(): Promise<Cluster | undefined> {
  return startCluster().catch((error: unknown) => {
    console.warn(`NOTHING HERE IS TESTED ON POSTGRESQL: ${String(error)}`);
    return undefined;
  });
}

/**
 * Creates a database on the server, which nobody else uses.
 *
 * @param templateUrl a database of this server, to which nobody is connected; without it, the new one is empty
 */
export async function createDatabase(
  serverUrl: string,
  prefix = 'meniscus_test',
  templateUrl?: string,
): Promise<string> {
  const name = `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  const template = templateUrl === undefined ? 'template1' : new URL(templateUrl).pathname.slice(1);
  await client.query(`create database ${name} template ${template}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Removes the databases whose names begin so. */
export async function dropDatabases(serverUrl: string, prefix: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  const { rows } = await client.query<{ datname: string }>(
    'select datname from pg_database where starts_with(datname, $1)',
    [prefix],
  );
  for (const { datname } of rows) {
    // oxlint-disable-next-line no-await-in-loop -- one connection
    await client.query(`drop database ${client.escapeIdentifier(datname)} with (force)`);
  }
  await client.end();
}
