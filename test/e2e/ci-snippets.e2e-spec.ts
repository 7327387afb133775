import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../harness/free-port.js';

const ROOT = new URL('../../', import.meta.url).pathname;
const guide = readFileSync(join(ROOT, 'docs/guides/testing-against-meniscus.md'), 'utf8');
const [github, gitlab] = [...guide.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(
  ([, text = '']) => parse(text) as unknown,
);

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly 'working-directory'?: string;
}
const { steps } = (github as { jobs: { test: { steps: Step[] } } }).jobs.test;
const { test: job } = gitlab as {
  test: { variables: Record<string, string>; before_script: string[]; script: string[] };
};

/** The folder in which the snippets run, with a checkout of this repository in `meniscus`. */
let folder: string;
let env: Record<string, string>;
let ports: { service: string; sandbox: string };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'meniscus-ci-'));
  const [checkout, bin] = [join(folder, 'checkout'), join(folder, 'bin')];
  mkdirSync(checkout);
  mkdirSync(bin);
  for (const name of ['package.json', 'node_modules', 'sandbox', 'dist'])
    symlinkSync(join(ROOT, name), join(checkout, name));
  // Installing and building are done already, and a clone needs a server: what they would leave behind is there.
  program(
    join(bin, 'npm'),
    'case "$1 $2" in "ci "*|"run build") ;; *) echo "unexpected: npm $*" >&2; exit 9;; esac',
  );
  program(join(bin, 'git'), `[ "$1" = clone ] && cp -R "${checkout}" "\${!#}"`);
  ports = { service: String(await freePort()), sandbox: String(await freePort()) };
  env = {
    PATH: [bin, dirname(process.execPath), process.env['PATH']].join(delimiter),
    PORT: ports.service,
    GITHUB_ENV: join(folder, 'github-env'),
    CI_SERVER_URL: 'https://example.com',
  };
  writeFileSync(join(folder, 'github-env'), '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(file: string, body: string): void {
  writeFileSync(file, `#!/usr/bin/env bash\n${body}\n`);
  chmodSync(file, 0o755);
}

const withFreePorts = (line: string): string =>
  line
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${ports.service}`)
    .replaceAll('127.0.0.1:4010', `127.0.0.1:${ports.sandbox}`)
    .replaceAll('--port 4010', `--port ${ports.sandbox}`);

/** Runs lines as the runner does, and ends the programs that they started in the background, by their process group. */
async function runLines(script: string): Promise<{ code: number | null; output: string }> {
  const child = spawn('bash', ['-eo', 'pipefail', '-c', withFreePorts(script)], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code, output };
  } finally {
    if (child.pid !== undefined) endGroup(child.pid);
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // nothing of the group runs any more
  }
}

const copyCheckout = (): void => {
  execFileSync('cp', ['-R', join(folder, 'checkout'), join(folder, 'meniscus')]);
};

describe('a snippet of the guide for CI', () => {
  it('starts sandbox and service, and updates a customer: GitHub Actions', async () => {
    copyCheckout();
    expect(steps.filter(({ uses, run }) => (uses === undefined) === (run === undefined))).toEqual([]);
    // Each step is a shell of its own, and gets what the steps before it wrote to GITHUB_ENV.
    const script = steps
      .filter(({ run }) => run !== undefined)
      .map(({ run, 'working-directory': within }) =>
        [`set -a; . "$GITHUB_ENV"; set +a`, `cd ${join(folder, within ?? '.')}`, run].join('\n'),
      )
      .join('\n');
    const { code, output } = await runLines(script);
    expect(output).toMatch(/"outcome":"updated"[^]*"sent":1,"applied":1/);
    expect(code).toBe(0);
  });

  it('starts sandbox and service, and updates a customer: GitLab', async () => {
    const variables = Object.entries(job.variables).map(([name, value]) => `export ${name}='${value}'`);
    const { code, output } = await runLines([...variables, ...job.before_script, ...job.script].join('\n'));
    expect(output).toMatch(/"outcome":"updated"[^]*"sent":1,"applied":1/);
    expect(code).toBe(0);
  });
});
