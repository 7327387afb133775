import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url).pathname;
const run = promisify(execFile);
const readme = readFileSync(join(ROOT, 'sandbox/README.md'), 'utf8');
const [, example = ''] = /^```js\n([^]*?)^```$/m.exec(readme) ?? [];

/** The oldest Node that the package accepts, from `NODE_20` or the path. */
function findNode20(): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  return [process.env['NODE_20'] ?? '', ...onPath].filter((file) => existsSync(file)).find(isNode20);
}

function isNode20(file: string): boolean {
  return execFileSync(file, ['--version'], { encoding: 'utf8' }).startsWith('v20.');
}

const nodes = [
  { name: 'the Node of the tests', node: process.execPath },
  { name: 'Node 20', node: findNode20() },
];

let packed: string;
let tarball: string;

beforeAll(async () => {
  packed = mkdtempSync(join(tmpdir(), 'sandbox-packed-'));
  await run('npm', ['pack', '--workspace', 'sandbox', '--pack-destination', packed], { cwd: ROOT });
  tarball = join(packed, readdirSync(packed)[0] ?? '');
});
afterAll(() => rmSync(packed, { recursive: true, force: true }));

describe('the package of the sandbox', () => {
  it('holds what it runs and no sources, tests or parts of the demo', async () => {
    const { stdout } = await run('tar', ['--list', '--file', tarball]);
    const files = stdout.trim().split('\n');
    expect(files).toEqual(
      expect.arrayContaining([
        'package/package.json',
        'package/README.md',
        'package/LICENSE',
        'package/dist/main.js',
        'package/dist/index.js',
        'package/dist/index.d.ts',
      ]),
    );
    expect(files.filter((file) => /demo|spec|(?<!\.d)\.ts$|run-sandbox/.test(file))).toEqual([]);
  });

  it.for(nodes)(
    'is installed offline in an empty folder and used there by $name',
    async ({ node }, context) => {
      if (node === undefined) {
        console.warn('NO NODE 20 ON THIS MACHINE: THE PACKAGE IS NOT TRIED OUT WITH IT. SET NODE_20.');
        return context.skip('no Node 20');
      }
      const folder = mkdtempSync(join(tmpdir(), 'sandbox-used-'));
      const env = {
        PATH: `${dirname(node)}${delimiter}${process.env['PATH']}`,
        // An empty cache, so that nothing can come from anywhere else than the file.
        npm_config_cache: join(folder, 'cache'),
      };
      const at = { cwd: folder, env };
      try {
        writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
        await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], at);
        expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
          '@meniscus',
        ]);
        const { stdout } = await run('npx', ['--no', '@meniscus/sandbox', '--version'], at);
        expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);

        const state = join(folder, 'state.json');
        const bin = join(folder, 'node_modules/.bin/meniscus-sandbox');
        const child = spawn(bin, ['--port', '0', '--state', state], {
          ...at,
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        try {
          const [line] = (await once(child.stdout, 'data')) as [Buffer];
          const { url } = JSON.parse(line.toString()) as { url: string };
          expect(example).toContain("new SandboxClient('http://127.0.0.1:4010')");
          writeFileSync(join(folder, 'use.js'), example.replace('http://127.0.0.1:4010', url));
          await run(node, ['use.js'], at);
        } finally {
          child.kill();
          await once(child, 'exit');
        }
        expect(readFileSync(state, 'utf8')).toContain('"firstName":"Chiara"');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );

  it('has types that a strict TypeScript project accepts, and that refuse a wrong fault', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-types-'));
    try {
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
      await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: folder });
      writeFileSync(
        join(folder, 'use.ts'),
        `import { SandboxClient, type FaultInput } from '@meniscus/sandbox';
const sandbox = new SandboxClient('http://127.0.0.1:4010', 'a');
const faults: FaultInput[] = [{ kind: 'reset-after' }, { kind: 'poison', match: { type: 'mobile', value: '1' } }];
await sandbox.addFaults(...faults);
export const applied: number = (await sandbox.updatesOf('mobile:1', { source: 'INSTORE' })).applied;
// @ts-expect-error -- ms is missing
await sandbox.addFaults({ kind: 'latency' });
// @ts-expect-error -- match is missing
await sandbox.addFaults({ kind: 'item-error', code: 1, message: 'no' });
// @ts-expect-error -- there is no such kind
await sandbox.addFaults({ kind: 'nonsense' });
// @ts-expect-error -- count belongs to other kinds
await sandbox.addFaults({ kind: 'hang', count: 1 });
// @ts-expect-error -- there is no such setting
await sandbox.changeSettings({ maxBatches: 1 });
`,
      );
      const options = [
        '--strict',
        '--noEmit',
        '--module',
        'nodenext',
        '--target',
        'es2023',
        '--lib',
        'es2023,dom',
      ];
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      const { stdout } = await run(process.execPath, [tsc, ...options, 'use.ts'], { cwd: folder }).catch(
        (error: { stdout: string }) => error,
      );
      expect(stdout).toBe('');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
