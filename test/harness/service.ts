import { join } from 'node:path';
import { SCOPES } from '../../src/security/scopes.js';
import { hashKey, makeKey } from '../../src/security/api-key.js';
import { type KeyRecord, writeKeysFile } from '../../src/security/keys-file.js';
import { type ChildProgram, listeningAt, startProgram } from './child-program.js';
import { copyPreparedData, createPreparedDatabase, serverUrl } from './databases.js';
import { SANDBOX_KEY, SANDBOX_SECRET } from './sandbox-credentials.js';

/** The built service in its own process. */
export interface Service {
  readonly url: string;
  readonly program: ChildProgram;
  /** The header of FREE_KEY, which `send` adds to each request. */
  readonly authorization: { readonly Authorization: string };
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads into an answer as it expects it to be
  readonly json: any;
}

function read(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // a page, not JSON
  }
}

/** A key with every scope. All services of a test share it, so that replicas know the same caller. */
export const FREE_KEY = makeKey();
const authorization = { Authorization: `Bearer ${FREE_KEY}` };

export const API_KEYS_FILE = 'api-keys.json';

/** Builds the record of a key in the file of API keys. */
export function keyRecord(key: string, others: Partial<KeyRecord> = {}): KeyRecord {
  return { name: 'test', hash: hashKey(key).toString('hex'), scopes: SCOPES, ...others };
}

/** The settings of a service that runs on the embedded database in the default DATA_DIR. */
export const EMBEDDED = { DATABASE_URL: '' };

/**
 * Starts a service on a prepared database of its own: on the server of this run, or embedded where the environment is
 * EMBEDDED or there is no server. An environment with DATABASE_URL or DATA_DIR brings its own database.
 *
 * @param vendorUrl the URL of the sandbox, or of a server that imitates the vendor
 * @param keys the keys that it accepts besides FREE_KEY
 */
export async function startService(
  vendorUrl: string,
  environment: Record<string, string> = {},
  keys: readonly KeyRecord[] = [],
): Promise<Service> {
  const settings = {
    HOST: '127.0.0.1',
    PORT: '0',
    API_KEYS_FILE,
    UPSTREAM_BASE_URL: vendorUrl,
    UPSTREAM_OAUTH_KEY: SANDBOX_KEY,
    UPSTREAM_OAUTH_SECRET: SANDBOX_SECRET,
    // Only a test about the calls per minute sets a limit; the other tests do not wait for each other.
    UPSTREAM_CALLS_PER_MINUTE: '0',
    ...environment,
  };
  const isDatabaseGiven = 'DATA_DIR' in environment || Boolean(environment['DATABASE_URL']);
  const isEmbedded = environment['DATABASE_URL'] === '' || serverUrl === undefined;
  const database =
    isDatabaseGiven || isEmbedded ? undefined : { DATABASE_URL: await createPreparedDatabase() };
  const program = startProgram('dist/src/main.js', { ...settings, ...database }, (folder) => {
    writeKeysFile(join(folder, API_KEYS_FILE), [keyRecord(FREE_KEY), ...keys]);
    if (!isDatabaseGiven && isEmbedded) copyPreparedData(join(folder, 'data'));
  });
  const url = await listeningAt(program, 'service.listening');
  return {
    url,
    program,
    authorization,
    send: async (method, path, body, headers = {}) => {
      const answer = await fetch(url + path, {
        method,
        redirect: 'manual',
        headers: {
          ...authorization,
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, text, json: read(text) };
    },
    stop: (signal) => program.stop(signal),
  };
}
