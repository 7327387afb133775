import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { type ChildProgram, startProgram } from '../harness/child-program.js';

let demo: ChildProgram | undefined;

afterEach(async () => {
  await demo?.stop();
});

/** What the demo printed, once it has printed all of it. */
async function printed(program: ChildProgram): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      if (program.output().includes('Ctrl-C stops both.')) resolve();
    };
    program.process.stdout?.on('data', look);
    void program.ended.then(() => reject(new Error(program.output())));
    look();
  });
  return program.output();
}

/** Runs a line as somebody does who pastes it. */
function paste(line: string): unknown {
  return JSON.parse(execFileSync('bash', ['-c', line], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
}

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('npm run demo', () => {
  it('prints a curl that updates a customer, one that shows it at the vendor, and stops both on Ctrl-C', async (context) => {
    if (!hasCurl()) {
      console.warn('NO CURL ON THIS MACHINE: THE LINES OF THE DEMO ARE NOT TRIED OUT');
      context.skip('no curl');
    }
    demo = startProgram('sandbox/demo.ts', { PORT: '0', SANDBOX_PORT: '0' });
    const text = await printed(demo);
    const [update = '', show = ''] = text.split('\n').filter((line) => line.startsWith('curl '));

    const [, key = ''] = /^KEY=(mns_\S+)$/m.exec(text) ?? [];
    expect(update).toContain(`-H 'Authorization: Bearer ${key}'`);
    expect(paste(update)).toMatchObject({ outcome: 'updated', attempts: 1 });
    expect(paste(show)).toMatchObject([{ firstName: 'Asha', lastName: 'Rao-Iyer' }]);
    expect(paste(update.replace(`Bearer ${key}`, 'Bearer mns_guess'))).toMatchObject({ status: 401 });
    const docs = /Swagger UI: +(\S+)/.exec(text)?.[1] ?? '';
    expect((await fetch(docs)).status).toBe(200);

    expect(await demo.stop('SIGINT')).toBe(0);
    await expect(fetch(docs)).rejects.toThrow('fetch failed');
  });
});
