import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from './shape.ts';

/** A response, as specs read it. */
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  json: unknown;
}

/** The sandbox in its own process on a free port, and the calls that specs make. */
export class RunningSandbox {
  readonly url: string;
  readonly process: ChildProcess;

  constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.process = process;
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const response = await fetch(this.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  }

  /** An admin call that must succeed. */
  async admin(method: string, path: string, body?: unknown): Promise<unknown> {
    const reply = await this.send(method, `/_sandbox${path}`, body);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.text}`);
    return reply.json;
  }

  async list(path: string): Promise<JsonObject[]> {
    return (await this.admin('GET', path)) as JsonObject[];
  }

  put(items: unknown, query = 'source=INSTORE', headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('PUT', `/v2/bulk?${query}`, items, { ...tillHeaders, ...headers });
  }

  requestToken(secret = 'sandbox-secret'): Promise<Reply> {
    const body = { key: 'sandbox-key', secret };
    return this.send('POST', '/v3/oauth/token/generate', body, { 'content-type': 'application/json' });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.process.kill(signal);
    await once(this.process, 'exit');
    return this.process.exitCode;
  }
}

/** The till with the MD5 of its password, and the media types that the vendor requires. */
export const tillHeaders = {
  'content-type': 'application/json',
  accept: 'application/json',
  authorization: `Basic ${Buffer.from('sandbox-till:911b7bf55b7b03cdfe2af9d1e68e4897').toString('base64')}`,
};

/** The file that starts the sandbox. */
export const mainFile = fileURLToPath(new URL('main.ts', import.meta.url));

export async function runSandbox(...args: string[]): Promise<RunningSandbox> {
  const child = spawn(process.execPath, [mainFile, ...args], {
    env: { ...process.env, SANDBOX_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [firstLine] = (await once(child.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(firstLine.toString()) as { url: string };
  return new RunningSandbox(url, child);
}

/** An item that names an INSTORE customer of the seed by the end of its mobile. */
export function item(ending: string, more: JsonObject = {}): JsonObject {
  return {
    profiles: [{ identifiers: [{ type: 'mobile', value: `9199000000${ending}` }] }],
    loyaltyInfo: { loyaltyType: 'loyalty' },
    ...more,
  };
}

/** The codes in `errors` or `warnings` of each result, in either form. */
export function codesIn(results: unknown, list: 'errors' | 'warnings'): unknown[][] {
  return (results as JsonObject[]).map((result) => {
    const holder = (result['entity'] ?? result) as JsonObject;
    const issues = (holder[list] ?? []) as JsonObject[];
    return issues.map(({ code }) => code).filter((code) => code !== undefined);
  });
}

/** The mobile in each result. */
export function mobilesIn(results: unknown): unknown[] {
  return (results as JsonObject[]).map((result) => {
    const holder = (result['entity'] ?? result) as JsonObject;
    const [profile] = (holder['profiles'] ?? []) as JsonObject[];
    const identifiers = (profile?.['identifiers'] ?? []) as JsonObject[];
    return identifiers.find(({ type }) => type === 'mobile')?.['value'];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
