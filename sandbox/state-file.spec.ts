import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxClient } from './client.ts';
import { Namespaces } from './namespaces.ts';
import { StateFile } from './state-file.ts';
import { item, mainFile, runSandbox } from './run-sandbox.ts';
import type { RunningSandbox } from './run-sandbox.ts';

let folder: string;
let file: string;
let sandbox: RunningSandbox | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-state-'));
  file = join(folder, 'state.json');
});
afterEach(async () => {
  await stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<SandboxClient> {
  sandbox = await runSandbox('--state', file);
  return new SandboxClient(sandbox.url);
}

async function stop(signal?: NodeJS.Signals): Promise<void> {
  await sandbox?.stop(signal);
  sandbox = undefined;
}

/** Reads all that a restart keeps. */
async function all(client: SandboxClient): Promise<unknown[]> {
  return [
    await client.customers(),
    await client.ledger(),
    await client.settings(),
    await client.journal(),
    await client.updatesOf('mobile:919900000004'),
    await client.namespace('a').customers(),
  ];
}

const associated = item('03', {
  associationDetails: {
    hierarchyCode: 'code-association2',
    roleCode: 'FC',
    parentCustomer: { profiles: [{ identifiers: [{ type: 'mobile', value: '919900000077' }] }] },
  },
});
const enrolled = item('04', {
  loyaltyProgramEnrollments: [{ programId: 1016, tierNumber: 2, loyaltyPoints: 50 }],
});

describe(StateFile, () => {
  it('saves a change that comes while it closes', async () => {
    const namespaces = new Namespaces();
    const stateFile = new StateFile(file, namespaces);
    await stateFile.load();
    const closing = stateFile.close();
    namespaces.use('late');
    stateFile.onChange();
    await closing;
    expect(readFileSync(file, 'utf8')).toContain('"late": {');
  });
});

describe('--state', () => {
  it('keeps customers, points, settings and journal of every namespace when the sandbox is stopped', async () => {
    const before = await start();
    await before.changeSettings({ maxBatch: 7 });
    expect((await sandbox?.put([associated, enrolled]))?.status).toBe(200);
    await before.namespace('a').addCustomers({ source: 'INSTORE', identifiers: [{ type: 'x', value: 'y' }] });
    const stored = await all(before);
    await stop();

    const after = await start();
    expect(await all(after)).toEqual(stored);
    expect((await after.customer('mobile:919900000077'))?.childIds).toHaveLength(1);
    // New customers and calls get numbers of their own.
    const known = (await after.customers()).map(({ id }) => id);
    const [added] = await after.addCustomers({ source: 'INSTORE', identifiers: [{ type: 'x', value: 'z' }] });
    expect(known).not.toContain(added?.id);
    await sandbox?.put([item('01')]);
    expect((await after.journal()).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('loses at most the last moment when the sandbox is killed, and closes the calls that were open', async () => {
    const before = await start();
    await sandbox?.put([enrolled]);
    await before.addFaults({ kind: 'hang-after' });
    const hung = sandbox?.put([enrolled]).catch(() => 'lost');
    await expect.poll(() => readFileSync(file, 'utf8')).toMatch(/"hang-after"[^]*"isJournalComplete": true/);
    await stop('SIGKILL');
    expect(await hung).toBe('lost');

    const after = await start();
    expect((await after.ledger()).map(({ points }) => points)).toEqual([50, 50]);
    expect(await after.state()).toMatchObject({ openCalls: 0, calls: 2 });
  });

  it('is a file that people can read: one line for each customer, credit and call, and no other file', async () => {
    await start();
    await sandbox?.put([enrolled]);
    await stop();
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.filter((line) => /"firstName":"Asha"/.test(line))).toHaveLength(1);
    expect(lines.filter((line) => /"points":50,?.*\}\],?$/.test(line) && /"callId"/.test(line))).toHaveLength(
      1,
    );
    expect(lines.filter((line) => /"kind":"bulk"/.test(line))).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['state.json']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('restores a body that is deep and a number that is large', async () => {
    const before = await start();
    const deep = `${'['.repeat(3000)}${']'.repeat(3000)}`;
    await sandbox?.put(deep);
    await sandbox?.put('[9007199254740993]');
    const bodies = (await before.journal()).map(({ body }) => body);
    await stop();
    const after = await start();
    expect((await after.journal()).map(({ body }) => body)).toEqual(bodies);
  });

  it.each([
    ['{', 'it is not a state of this sandbox: it is not JSON'],
    ['[]', 'it is not a state of this sandbox: the body must be an object'],
    ['{"format":"other","namespaces":{}}', 'format must be one of meniscus-sandbox-1'],
    [
      '{"format":"meniscus-sandbox-1","namespaces":{"":{"settings":{"maxBatch":"many"},"customers":[],"ledger":[],"journal":[],"isJournalComplete":true}}}',
      'maxBatch must be an integer',
    ],
    [
      '{"format":"meniscus-sandbox-1","namespaces":{"a":{"settings":{},"customers":[{"id":1}],"ledger":[],"journal":[],"isJournalComplete":true}}}',
      'namespaces.a.customers[0].source is missing',
    ],
  ])('refuses to start on a file that it did not write, and leaves it as it is: %s', (text, mistake) => {
    writeFileSync(file, text);
    const { status, stderr } = spawnSync(process.execPath, [mainFile, '--port', '0', '--state', file], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain(`The state file ${file} cannot be used: `);
    expect(stderr).toContain(mistake);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
