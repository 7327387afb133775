import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { listeningAt, startProgram } from '../harness/child-program.js';
import { copyPreparedData } from '../harness/databases.js';
import { SANDBOX_KEY, SANDBOX_SECRET } from '../harness/sandbox-credentials.js';
import { type Service, startService } from '../harness/service.js';
import { useFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';

const ROOT = new URL('../../', import.meta.url).pathname;

const folder = useFolder();
const sandbox = useSandbox();
const servers: Server[] = [];
const running: Service[] = [];

afterAll(async () => {
  await Promise.all(running.map((service) => service.stop()));
  for (const server of servers) server.close();
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const credentials = () => ({
  UPSTREAM_BASE_URL: sandbox.url,
  UPSTREAM_OAUTH_KEY: SANDBOX_KEY,
  UPSTREAM_OAUTH_SECRET: SANDBOX_SECRET,
});

/** Starts a service that must end by itself, and returns its exit code and output. */
async function failedStart(
  environment: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const program = startProgram(
    'dist/src/main.js',
    { ...credentials(), API_KEYS_FILE: 'keys.json', PORT: '0', ...environment },
    (cwd) => {
      writeFileSync(join(cwd, 'keys.json'), '{"keys": []}');
      copyPreparedData(join(cwd, 'data'));
    },
  );
  const code = await program.ended;
  return { code, output: program.output() };
}

/** A gateway in front of the sandbox, which also has services of others on its host. */
async function aGateway(prefix: string): Promise<{ url: string; paths: string[]; others: string[] }> {
  const paths: string[] = [];
  const others: string[] = [];
  const forward = (incoming: IncomingMessage, response: ServerResponse): void => {
    const { url = '', method, headers } = incoming;
    if (!url.startsWith(`${prefix}/`)) {
      others.push(url);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
      return;
    }
    const path = url.slice(prefix.length);
    paths.push(`${method} ${path.replace(/\?.*/, '')}`);
    const outgoing = request(sandbox.url + path, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(outgoing);
  };
  return { url: (await listen(createServer(forward))) + prefix, paths, others };
}

describe('UPSTREAM_BASE_URL with a path', () => {
  it.each(['', '/'])(
    'sends every call, tokens too, below that path, and none beside it: "%s" at its end',
    async (end) => {
      const gateway = await aGateway('/eu/capillary.v1');
      const service = await startService(gateway.url + end, {});
      running.push(service);

      const updated = await service.send('PATCH', '/v1/customers', aCustomerUpdate());
      const listed = await service.send('POST', '/v1/hierarchy/children/search', {
        parent: { identifier: { type: 'mobile', value: '919900000001' } },
      });

      expect(listed).toMatchObject({ status: 200 });
      expect(updated).toMatchObject({ status: 200, json: { outcome: 'updated' } });
      expect(gateway.others).toEqual([]);
      expect(new Set(gateway.paths)).toEqual(
        new Set(['POST /v3/oauth/token/generate', 'PUT /v2/bulk', 'GET /v2/customers/bulk']),
      );
    },
  );
});

describe('HOST and PORT', () => {
  it('end the start with one sentence that names them, where the service cannot listen', async () => {
    const taken = new URL(await listen(createServer()));
    const cases: [Record<string, string>, RegExp][] = [
      [{ PORT: taken.port }, /^PORT is in use/m],
      [{ METRICS_PORT: taken.port }, /^METRICS_PORT is in use/m],
      [{ HOST: 'nothing.invalid' }, /^HOST (is not known|cannot be looked up)/m],
    ];
    for (const [environment, sentence] of cases) {
      // oxlint-disable-next-line no-await-in-loop -- two cores
      const { code, output } = await failedStart({ HOST: '127.0.0.1', ...environment });
      expect(code).toBe(1);
      expect(output).toMatch(sentence);
      expect(output).not.toMatch(/\n\s+at /);
    }
  });
});

describe('NODE_ENV', () => {
  it('is production where it is unset, so that a start without keys or with http to the vendor fails', async () => {
    const { code, output } = await failedStart({ NODE_ENV: '', UPSTREAM_BASE_URL: 'http://vendor.example' });
    expect(code).toBe(1);
    for (const name of ['DATA_KEYS', 'LOG_HASH_KEY', 'UPSTREAM_BASE_URL'])
      expect(output).toContain(`- ${name} `);
  });

  it('prevents the start where it is misspelled', async () => {
    const { code, output } = await failedStart({ NODE_ENV: 'Production' });
    expect(code).toBe(1);
    expect(output).toMatch(/1 mistake\(s\):\n {2}- NODE_ENV must be one of production, development, test/);
  });
});

describe('npm run keys', () => {
  it('takes an empty folder to production: the secrets that it prints, and the key in the file that it chooses', async () => {
    const keys = (...args: string[]): string =>
      execFileSync(process.execPath, [join(ROOT, 'dist/tools/keys/main.js'), ...args], {
        cwd: folder,
        env: {},
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    writeFileSync(join(folder, '.env'), keys('secrets'));
    const key = keys('create', '--name', 'app', '--scopes', 'customers:write').trim();
    copyPreparedData(join(folder, 'data', 'database'));

    // The folder of a program is removed when it ends, so it gets one below.
    const program = startProgram(
      'dist/src/main.js',
      { ...credentials(), NODE_ENV: '', HOST: '127.0.0.1', PORT: '0', DATA_DIR: './data/database' },
      (cwd) => {
        execFileSync('cp', ['-r', `${folder}/.`, cwd]);
      },
    );
    const url = await listeningAt(program, 'service.listening');
    try {
      const send = (token: string) =>
        fetch(`${url}/v1/customers`, {
          method: 'PATCH',
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
          body: JSON.stringify(aCustomerUpdate()),
        });
      expect((await send(key)).status).toBe(200);
      expect((await send(`mns_${randomBytes(32).toString('base64url')}`)).status).toBe(401);
    } finally {
      await program.stop();
    }
  });
});
