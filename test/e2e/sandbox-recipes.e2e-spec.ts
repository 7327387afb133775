import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { type TestContext, beforeEach, describe, expect, it } from 'vitest';
import { FREE_KEY, startService } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';

const readme = readFileSync(new URL('../../sandbox/README.md', import.meta.url), 'utf8');
const [, section = ''] = /^## Recipes\n([^]*?)^## /m.exec(readme) ?? [];

/** A command, and what a comment below it says about its answer. */
interface Step {
  readonly command: string;
  readonly expected: unknown;
}

function readSteps(block: string): Step[] {
  const steps: Step[] = [];
  for (const line of block.trim().split('\n')) {
    const last = steps.at(-1);
    if (line.startsWith('# ') && last) steps.splice(-1, 1, { ...last, expected: JSON.parse(line.slice(2)) });
    else steps.push({ command: line, expected: undefined });
  }
  return steps;
}

const recipes = [...section.matchAll(/^### (.+)\n[^]*?^```sh\n([^]*?)^```$/gm)].map(
  ([, title = '', block = '']) => ({ title, steps: readSteps(block) }),
);

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

beforeEach((context: TestContext) => {
  if (hasCurl()) return;
  console.warn('NO CURL ON THIS MACHINE: THE RECIPES OF THE SANDBOX ARE NOT TRIED OUT');
  context.skip('no curl');
});

describe('a recipe of the sandbox', () => {
  const sandbox = useSandbox();

  it('is in its README for each failure that teams test most', () => {
    expect(recipes.map(({ title }) => title)).toEqual([
      'A lost answer with points',
      'A 429 for a minute',
      'One bad customer',
      'An expired token',
      'A slow vendor',
    ]);
    for (const { steps } of recipes)
      expect(steps.filter(({ expected }) => expected !== undefined).length).toBeGreaterThanOrEqual(2);
  });

  it.each(recipes)('does what it says: $title', async ({ title, steps }) => {
    const name = title.replaceAll(' ', '-');
    const { url } = sandbox.client.namespace(name);
    const service = await startService(url);
    const env = { PATH: process.env['PATH'], SANDBOX: url, MENISCUS: service.url, KEY: FREE_KEY };
    try {
      const answers: unknown[] = [];
      for (const { command } of steps) {
        // oxlint-disable-next-line no-await-in-loop -- a recipe is a sequence
        const { stdout } = await promisify(execFile)('bash', ['-c', command], { env });
        answers.push(JSON.parse(stdout));
      }
      expect(answers).toMatchObject(steps.map(({ expected }) => expected ?? expect.anything()));
    } finally {
      await service.stop();
      await sandbox.client.removeNamespace(name);
    }
  });
});
