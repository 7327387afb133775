import { describe, expect, it } from 'vitest';
import { importsOf } from '../harness/imports.js';
import { until } from '../harness/until.js';
import { useDataFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const DATA_DIR = useDataFolder();
const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(sandbox, { DATA_DIR, UPSTREAM_CALLS_PER_MINUTE: '0' });
const { upload, state, act, ended, results } = importsOf(() => service);

const LONG_MS = 90_000;
const mobileOf = (line: number): string => String(918_800_000_000 + line);

/** Uploads this many lines, each for another customer. */
async function begin(lineCount: number): Promise<string> {
  const lines = Array.from({ length: lineCount }, (_, n) =>
    JSON.stringify({
      identifiers: [{ type: 'mobile', value: mobileOf(n + 1) }],
      firstName: 'Ending',
      loyaltyType: 'loyalty',
    }),
  );
  const accepted = await upload('kind=customers', lines.join('\n'));
  expect(accepted).toMatchObject({ status: 202, json: { total: lineCount } });
  return accepted.json.id;
}

const match = (line: number) => ({ type: 'mobile', value: mobileOf(line) });
const itemError = (line: number, code: number) =>
  sandbox.fault({ kind: 'item-error', times: -1, code, message: 'try later', match: match(line) });
const clearFaults = () => fetch(`${sandbox.url}/_sandbox/faults`, { method: 'DELETE' });
const waitsFor = (id: string, ...expected: string[]) =>
  until(
    () => state(id),
    (seen) => expected.includes(seen.waitingFor),
    LONG_MS,
    100,
  );

/** How many calls carried the customer of a line. */
async function callsWith(line: number): Promise<number> {
  const calls = await sandbox.calls('bulk');
  return calls.filter(({ body }) => JSON.stringify(body).includes(mobileOf(line))).length;
}

describe('an import with lines that fail again and again', () => {
  it('ends, with these lines failed, and a retry sends them once more', { timeout: 120_000 }, async () => {
    const codes = new Map([
      [17, 521],
      [512, 461],
      [998, 10_002],
    ]);
    await Promise.all([...codes].map(([line, code]) => itemError(line, code)));
    const id = await begin(1000);
    expect(await ended(id, LONG_MS)).toMatchObject({
      state: 'completed',
      updated: 997,
      failed: 3,
      sent: 1000,
      waiting: 0,
    });
    const failed = await results(id, '?outcome=failed');
    expect(failed.map(({ line, retryable }) => [line, retryable])).toEqual(
      [...codes.keys()].map((line) => [line, true]),
    );
    expect(await Promise.all([...codes.keys()].map(callsWith))).toEqual([8, 8, 8]);

    await clearFaults();
    const answers = await Promise.all([act(id, 'retry'), act(id, 'retry'), act(id, 'retry')]);
    const accepted = answers.filter(({ status }) => status === 202);
    expect(accepted).toHaveLength(1);
    const retriedBy = accepted[0]?.json.id;
    expect(accepted[0]?.json).toMatchObject({ retryOf: id, total: 3 });
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(2);
    expect(await act(id, 'retry')).toMatchObject({
      status: 409,
      json: {
        type: '/problems/import-state',
        retriedBy,
        detail: expect.stringContaining(`/v1/imports/${retriedBy}`),
      },
    });
    expect(await state(id)).toMatchObject({ retriedBy });
    expect(await ended(retriedBy)).toMatchObject({ state: 'completed', updated: 3, retryOf: id });
  });

  it(
    'ends if each call with one of four lines fails: 500, a 502 page, 461 and 521',
    { timeout: 120_000 },
    async () => {
      const answers = new Map([
        [42, { status: 500, code: 500 }],
        [97, { status: 502, code: 0 }],
        [151, { status: 461, code: 461 }],
        [230, { status: 521, code: 521 }],
      ]);
      for (const [line, answer] of answers) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await sandbox.fault({ kind: 'poison', times: -1, match: match(line), ...answer });
      }
      const id = await begin(250);
      expect(await ended(id, LONG_MS)).toMatchObject({ state: 'completed', updated: 246, failed: 4 });
      expect((await results(id, '?outcome=failed')).map(({ line }) => line)).toEqual([...answers.keys()]);
    },
  );

  it('counts answers on if another process goes on with it', { timeout: 120_000 }, async () => {
    await itemError(3, 521);
    const id = await begin(5);
    await until(async () => (await callsWith(3)) >= 4, Boolean, LONG_MS);
    expect(await waitsFor(id, 'retries')).toMatchObject({ state: 'running' });
    await service.stop();
    await service.start();
    expect(await ended(id, LONG_MS)).toMatchObject({ state: 'completed', updated: 4, failed: 1 });
    expect(await callsWith(3)).toBe(8);
  });
});

describe('an import waits', () => {
  it.each([
    ['answers 500 to all', { kind: 'vendor-error', status: 500, code: 500, message: 'failed' }, ['breaker']],
    ['resets connections', { kind: 'reset-before' }, ['breaker', 'vendor']],
    ['is unavailable', { kind: 'vendor-error', status: 503, code: 503, message: 'later' }, ['vendor']],
    ['refuses tokens', { kind: 'status', on: 'token', status: 401 }, ['credentials']],
    ['is not where we look for it', { kind: 'status', status: 404 }, ['configuration']],
    ['is behind a gateway that refuses all', { kind: 'status', status: 400 }, ['vendor']],
  ])('while the vendor %s, and then goes on', { timeout: 150_000 }, async (_case, fault, waitingFor) => {
    await sandbox.expireTokens();
    await sandbox.fault({ times: -1, ...fault });
    const id = await begin(1500);
    expect(await waitsFor(id, ...waitingFor)).toMatchObject({ state: 'running', updated: 0, failed: 0 });
    await clearFaults();
    const done = await ended(id, 2 * LONG_MS);
    expect(done).toMatchObject({ state: 'completed', updated: 1500, failed: 0, unknown: 0 });
    expect(done).not.toHaveProperty('waitingFor');
  });

  it('for the calls per minute', { timeout: 120_000 }, async () => {
    await sandbox.set({ callsPerMinute: 2, retryAfterSeconds: 20 });
    const id = await begin(1000);
    const waiting = await waitsFor(id, 'budget');
    expect(waiting).toMatchObject({ state: 'running', failed: 0 });
    const events = await fetch(`${service.url}/v1/imports/${id}/events`, { headers: service.authorization });
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    while (!seen.includes('data: ')) {
      // oxlint-disable-next-line no-await-in-loop -- event by event
      seen += (await reader?.read())?.value ?? '';
    }
    expect(seen).toContain('"waitingFor":"budget"');
    await reader?.cancel();
    const paused = await act(id, 'pause');
    expect(paused).toMatchObject({ status: 200, json: { state: 'paused' } });
    expect(paused.json).not.toHaveProperty('waitingFor');
    await act(id, 'cancel');
    expect(await ended(id, LONG_MS)).toMatchObject({ state: 'cancelled' });
  });
});

describe('an import with invalid lines and onInvalid=reject', () => {
  it('ends as refused, with nothing sent, and is not retried', async () => {
    const valid = JSON.stringify({
      identifiers: [{ type: 'mobile', value: mobileOf(1) }],
      loyaltyType: 'loyalty',
    });
    const accepted = await upload('kind=customers', [valid, '{"firstName":7}', valid].join('\n'));
    expect(accepted).toMatchObject({ status: 202, json: { invalid: 1 } });
    const { id } = accepted.json;
    const detail = expect.stringMatching(
      /^1 of 3 lines is not valid, so no line was sent\. .*onInvalid=skip/,
    );
    expect(await ended(id)).toMatchObject({ state: 'refused', sent: 0, updated: 0, waiting: 0, detail });
    expect((await results(id)).map(({ line, outcome }) => `${line} ${outcome}`)).toEqual([
      '1 failed',
      '2 rejected',
      '3 failed',
    ]);
    expect(await sandbox.calls('bulk')).toEqual([]);
    expect(await act(id, 'retry')).toMatchObject({
      status: 409,
      json: { type: '/problems/import-state', detail },
    });
    for (const action of ['pause', 'resume', 'cancel']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await act(id, action)).toMatchObject({ status: 409 });
    }
  });
});
