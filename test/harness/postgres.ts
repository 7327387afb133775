import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';

/** The program beside this file: TypeScript in the tests, JavaScript in the bench. */
const PROGRAM = new URL(`./throw-away-postgres${extname(import.meta.url)}`, import.meta.url).pathname;
const START_WITHIN_MS = 60_000;

/** A PostgreSQL server for tests. */
export interface Cluster {
  readonly url: string;
  /** Stops the server and keeps its data. */
  stopServer(): Promise<void>;
  /** Starts the server again, with its data. */
  startServer(): Promise<void>;
  /** Stops the server and removes its data. */
  remove(): Promise<void>;
}

interface ServerMessage {
  readonly event: string;
  readonly url?: string;
  readonly because?: string;
}

function listenTo(child: ChildProcess): (event: string) => Promise<ServerMessage> {
  const waiting = new Set<(message: ServerMessage | undefined) => void>();
  if (!child.stdout) throw new Error('the program has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    for (const deliver of waiting) deliver(JSON.parse(line) as ServerMessage);
  });
  child.once('exit', () => {
    for (const deliver of waiting) deliver(undefined);
  });
  return (event) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${event} in time`)), START_WITHIN_MS);
      const deliver = (message: ServerMessage | undefined): void => {
        if (message?.event !== event && message?.event !== 'postgres.none' && message !== undefined) return;
        clearTimeout(timer);
        waiting.delete(deliver);
        if (message?.event === event) resolve(message);
        else reject(new Error(message?.because ?? `the server ended before ${event}`));
      };
      waiting.add(deliver);
    });
}

/** @throws with the reason when this machine has no PostgreSQL */
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

/** Starts a server if this machine has PostgreSQL; otherwise warns that nothing is tested on it. */
export async function startClusterIfAny(): Promise<Cluster | undefined> {
  return startCluster().catch((error: unknown) => {
    console.warn(`NOTHING HERE IS TESTED ON POSTGRESQL: ${String(error)}`);
    return undefined;
  });
}

/**
 * Creates a database on the server, for the caller alone.
 *
 * @param templateUrl a database of this server without connections; when left out, the new one is empty
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

/** Removes the databases with this prefix. */
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
