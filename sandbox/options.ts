import { parseArgs } from 'node:util';
import type { Credentials } from './state.ts';

/** How the sandbox runs. Credentials come from the environment only, because other users see command lines. */
export interface Options {
  port: number;
  host: string;
  /** The file that keeps the state between two runs; null keeps it in memory only. */
  stateFile: string | null;
  credentials: Credentials;
}

export type ReadOptions =
  | { kind: 'run'; options: Options }
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'mistake'; mistake: string };

export const helpText = `Imitates Capillary's customer API: strict, with every failure to switch on over HTTP.

Usage: meniscus-sandbox [options]

  --port <number>   the port, 0 for any free one (SANDBOX_PORT, default 4010)
  --host <address>  the address to listen at (SANDBOX_HOST, default 127.0.0.1)
  --state <file>    keeps customers, points, settings and the journal in this JSON file (SANDBOX_STATE)
  --help            prints this text
  --version         prints the version

Credentials are read from the environment only:
  SANDBOX_KEY, SANDBOX_SECRET      OAuth (default sandbox-key, sandbox-secret)
  SANDBOX_TILL, SANDBOX_PASSWORD   Basic (default sandbox-till, sandbox-password)

It prints one line of JSON as soon as it listens: {"event":"sandbox.listening","url":"http://127.0.0.1:4010"}`;

/** Reads the command line, and the environment for what the command line leaves out. */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): ReadOptions {
  const given = readArguments(args);
  if (typeof given === 'string') return { kind: 'mistake', mistake: given };
  if (given.help) return { kind: 'help' };
  if (given.version) return { kind: 'version' };

  const {
    SANDBOX_PORT,
    SANDBOX_HOST,
    SANDBOX_STATE,
    SANDBOX_KEY = 'sandbox-key',
    SANDBOX_SECRET = 'sandbox-secret',
    SANDBOX_TILL = 'sandbox-till',
    SANDBOX_PASSWORD = 'sandbox-password',
  } = environment;
  const port = given.port ?? SANDBOX_PORT ?? '4010';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    const name = given.port === undefined ? 'SANDBOX_PORT' : '--port';
    return { kind: 'mistake', mistake: `${name} must be a port number, 0 for any free one; it is "${port}"` };
  }
  const host = given.host ?? SANDBOX_HOST ?? '127.0.0.1';
  if (host === '') return { kind: 'mistake', mistake: '--host must not be empty' };
  if (given.state === '') return { kind: 'mistake', mistake: '--state must name a file' };
  return {
    kind: 'run',
    options: {
      port: Number(port),
      host,
      stateFile: given.state ?? (SANDBOX_STATE || null),
      credentials: {
        key: SANDBOX_KEY,
        secret: SANDBOX_SECRET,
        till: SANDBOX_TILL,
        password: SANDBOX_PASSWORD,
      },
    },
  };
}

interface Arguments {
  port?: string;
  host?: string;
  state?: string;
  help?: boolean;
  version?: boolean;
}

/** @returns the mistake, or the options that are given */
function readArguments(args: readonly string[]): Arguments | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        state: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    // Node's first sentence names the option; the others explain arguments that begin with a dash.
    const message = error instanceof Error ? error.message : String(error);
    return message.split(/\.?\n|\. /)[0] ?? message;
  }
}
