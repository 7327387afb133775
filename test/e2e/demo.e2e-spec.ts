import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type TestContext, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChildProgram, startProgram } from '../harness/child-program.js';
import { copyPreparedData } from '../harness/databases.js';
import { freePort } from '../harness/free-port.js';

const ROOT = new URL('../../', import.meta.url).pathname;

const LAST_LINE = 'Ctrl-C stops both.';

/** The folder in which the lines run, so that they write nothing into the checkout. */
let workFolder: string;
let demo: ChildProgram | undefined;

beforeEach((context: TestContext) => {
  if (!hasCurl()) {
    console.warn('NO CURL ON THIS MACHINE: THE LINES OF THE DEMO ARE NOT TRIED OUT');
    context.skip('no curl');
  }
  workFolder = mkdtempSync(join(tmpdir(), 'meniscus-demo-'));
  for (const name of ['package.json', 'node_modules', 'sandbox'])
    symlinkSync(join(ROOT, name), join(workFolder, name));
  copyPreparedData(join(workFolder, 'data', 'demo'));
});

afterEach(async () => {
  await demo?.stop();
  if (workFolder) rmSync(workFolder, { recursive: true, force: true });
});

/** Starts the demo with data that outlives it, and waits until it has printed all its lines. */
async function startDemo(environment: Record<string, string> = {}, dotenv = ''): Promise<string> {
  const program = startProgram(
    'sandbox/demo.ts',
    { PORT: '0', SANDBOX_PORT: '0', ...environment },
    (folder) => {
      symlinkSync(join(workFolder, 'data'), join(folder, 'data'));
      writeFileSync(join(folder, '.env'), dotenv);
    },
  );
  demo = program;
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      if (program.output().includes(LAST_LINE)) resolve();
    };
    program.process.stdout?.on('data', look);
    void program.ended.then(() => reject(new Error(program.output())));
    look();
  });
  return program.output();
}

/** Finds the one command line that contains the words. */
function lineWith(text: string, words: string): string {
  const found = text.split('\n').filter((line) => /^(curl|npm|kill) /.test(line) && line.includes(words));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

/** Runs a command line in the shell. */
async function paste(line: string): Promise<string> {
  return (await promisify(execFile)('bash', ['-c', line], { cwd: workFolder })).stdout;
}

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Waits until the log of a program contains that it listens, and returns it. */
async function logOf(program: 'sandbox' | 'service', folder: string): Promise<string> {
  const read = (): string => readFileSync(join(workFolder, 'data', folder, `${program}.log`), 'utf8');
  await expect.poll(read).toContain(`"${program}.listening"`);
  return read();
}

function docsIn(text: string): string {
  return /Swagger UI: +(\S+)/.exec(text)?.[1] ?? '';
}

/** Returns the URL of the sandbox's controls. */
function vendorIn(text: string): string {
  return /'(\S+\/_sandbox)/.exec(text)?.[1] ?? '';
}

async function delayVendor(text: string, latencyMs: number): Promise<void> {
  await fetch(`${vendorIn(text)}/settings`, { method: 'PATCH', body: JSON.stringify({ latencyMs }) });
}

async function openCalls(text: string): Promise<number> {
  const state = (await (await fetch(`${vendorIn(text)}/state`)).json()) as { openCalls: number };
  return state.openCalls;
}

async function isGone(url: string): Promise<void> {
  const ask = async (): Promise<string> =>
    fetch(url).then(
      () => 'there',
      () => 'gone',
    );
  await expect.poll(ask, { timeout: 10_000 }).toBe('gone');
}

/** Kills the process group, so that a demo that did not end with its parent does not outlive the test. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // the group has ended
  }
}

interface Progress {
  readonly updated: number;
  readonly waiting: number;
}

function readEvent(line: string): Progress | undefined {
  return line.startsWith('data: ') ? (JSON.parse(line.slice('data: '.length)) as Progress) : undefined;
}

/** Watches events with the command line until one meets the condition. */
async function watchUntil(line: string, isSo: (progress: Progress) => boolean): Promise<void> {
  const watcher = spawn('bash', ['-c', line], { cwd: workFolder, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const written of createInterface({ input: watcher.stdout })) {
    const progress = readEvent(written);
    if (progress && isSo(progress)) return void watcher.kill();
  }
  throw new Error('the events ended before the condition held');
}

describe('npm run demo', () => {
  it('prints lines that work, ignores the settings of a real vendor, and stops both programs on Ctrl-C', async () => {
    const real = {
      DATABASE_URL_FILE: 'database-url',
      UPSTREAM_OAUTH_SECRET_FILE: 'secret',
      AUDIT_LOG_FILE: '/nowhere/audit.log',
      LOG_LEVEL: 'silent',
      UPSTREAM_BULK_PATH: '/real',
    };
    // The settings are in .env and in the environment.
    const lines = Object.entries(real).map(([name, value]) => `${name}=${value}`);
    const text = await startDemo({ ...real, DEFAULT_ACCOUNT_ID: 'real' }, lines.join('\n'));

    const [, key = ''] = /^KEY=(mns_\S+)$/m.exec(text) ?? [];
    const update = lineWith(text, 'PATCH');
    expect(JSON.parse(await paste(update))).toMatchObject({ outcome: 'updated', attempts: 1 });
    expect(JSON.parse(await paste(update.replace(`Bearer ${key}`, 'Bearer mns_guess')))).toMatchObject({
      status: 401,
    });
    expect(JSON.parse(await paste(lineWith(text, '_sandbox/customers')))).toMatchObject([
      { firstName: 'Asha', lastName: 'Rao-Iyer' },
    ]);
    expect((await fetch(docsIn(text))).status).toBe(200);

    await delayVendor(text, 1000);
    const late = paste(update);
    await expect.poll(() => openCalls(text)).toBe(1);
    expect(await demo?.stop('SIGINT')).toBe(0);
    expect(JSON.parse(await late), 'the vendor answers the call in flight').toMatchObject({
      outcome: 'updated',
      attempts: 1,
    });
    await expect(fetch(docsIn(text))).rejects.toThrow('fetch failed');
  });

  it('leaves the logs of a demo that runs as they are, and names the ports to set for another', async () => {
    const PORT = String(await freePort());
    // A demo on a port of its own has its own folder; the copy is faster than a first start.
    copyPreparedData(join(workFolder, 'data', `demo-${PORT}`));
    const text = await startDemo();
    const logs = [await logOf('sandbox', 'demo'), await logOf('service', 'demo')];
    const first = demo;
    try {
      const { port } = new URL(vendorIn(text));
      await expect(startDemo({ SANDBOX_PORT: port })).rejects.toThrow(
        /EADDRINUSE[^]*PORT=\d+ SANDBOX_PORT=\d+/,
      );
      await expect(startDemo()).rejects.toThrow(/DATA_DIR is in use[^]*PORT=\d+ SANDBOX_PORT=\d+/);
      const after = [await logOf('sandbox', 'demo'), await logOf('service', 'demo')];
      expect(after.map((log, index) => log.slice(0, logs[index]?.length))).toEqual(logs);

      const other = await startDemo({ PORT });
      expect((await fetch(docsIn(other))).status).toBe(200);
      expect((await fetch(docsIn(text))).status).toBe(200);
      await logOf('service', `demo-${PORT}`);
    } finally {
      await first?.stop();
    }
  });

  it('ends when its parent process is killed', async () => {
    const starter = spawn('bash', ['-c', `"${process.execPath}" sandbox/demo.ts; true`], {
      cwd: workFolder,
      env: { PATH: process.env['PATH'], PORT: '0', SANDBOX_PORT: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    try {
      let text = '';
      for await (const line of createInterface({ input: starter.stdout })) {
        text += `${line}\n`;
        if (line === LAST_LINE) break;
      }
      expect((await fetch(docsIn(text))).status).toBe(200);

      starter.kill('SIGKILL');
      await isGone(docsIn(text));
      await isGone(vendorIn(text));
    } finally {
      endGroup(starter);
    }
  });

  it('prints lines that import and watch a file, and has each line once after a kill and restart', async () => {
    const count = 3000;
    const text = await startDemo();
    // The delay keeps the import running until it is watched.
    await delayVendor(text, 500);
    await paste(lineWith(text, 'demo:customers').replace('100000', String(count)));
    const accepted = JSON.parse(await paste(lineWith(text, '--data-binary')));
    expect(accepted).toMatchObject({ total: count, invalid: 0, waiting: count });

    await watchUntil(lineWith(text, '/events'), ({ updated, waiting }) => updated > 0 && waiting > 0);
    await paste(lineWith(text, 'kill -9'));
    await demo?.ended;
    await isGone(docsIn(text));
    await isGone(vendorIn(text));

    const again = await startDemo();
    const events = (await paste(lineWith(again, '/events'))).split('\n').map(readEvent);
    expect(events.findLast((progress) => progress !== undefined)).toMatchObject({
      id: accepted.id,
      state: 'completed',
      total: count,
      updated: count,
      waiting: 0,
    });
    await paste(lineWith(again, '/results'));
    const [, ...rows] = readFileSync(join(workFolder, 'results.csv'), 'utf8').trim().split('\n');
    // The header is line 1 of the file.
    expect(rows.map((row) => row.split(',').slice(0, 2).join(' '))).toEqual(
      Array.from({ length: count }, (_, index) => `${index + 2} updated`),
    );
  });
});
