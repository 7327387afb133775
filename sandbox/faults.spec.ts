import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codesIn, item, mobilesIn, runSandbox, tillHeaders } from './run-sandbox.ts';
import type { RunningSandbox } from './run-sandbox.ts';
import type { JsonObject } from './shape.ts';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await runSandbox();
});
beforeEach(() => sandbox.admin('POST', '/reset'));
afterAll(() => sandbox.stop());

const three = [item('01'), item('03'), item('04')];
const mobilesOf = (...endings: string[]): string[] => endings.map((ending) => `9199000000${ending}`);
const fault = (...faults: JsonObject[]): Promise<unknown> => sandbox.admin('POST', '/faults', faults);
const match = { type: 'mobile', value: '919900000003' };

/** The last entry of the journal. */
async function lastCall(): Promise<JsonObject | undefined> {
  return (await sandbox.list('/journal')).at(-1);
}

/** Sends a call that gets no response, and gives up after a while. */
async function sendAndGiveUp(): Promise<string> {
  const asked = fetch(`${sandbox.url}/v2/bulk?source=INSTORE`, {
    method: 'PUT',
    headers: tillHeaders,
    body: JSON.stringify(three),
    signal: AbortSignal.timeout(200),
  });
  return asked.then(
    (response) => `answered ${response.status}`,
    (error: unknown) =>
      error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'connection lost',
  );
}

describe('faults instead of the vendor', () => {
  it.each<[JsonObject, number, string, RegExp]>([
    [{ kind: 'status', status: 503 }, 503, 'text/plain', /^$/],
    [{ kind: 'status', status: 418, body: { a: 1 }, headers: { 'x-a': 'b' } }, 418, 'json', /^\{"a":1\}$/],
    [{ kind: 'status', status: 200, body: 'hello', contentType: 'text/x' }, 200, 'text/x', /^hello$/],
    [
      { kind: 'vendor-error', status: 461, code: 461, message: 'busy' },
      461,
      'json',
      /"code":461,"message":"busy"/,
    ],
    [{ kind: 'html' }, 502, 'text/html', /<html>/],
    [{ kind: 'html', status: 200 }, 200, 'text/html', /<html>/],
    [{ kind: 'edge-521' }, 521, 'text/plain', /521/],
  ])('%o', async (written, status, contentType, text) => {
    await fault(written);
    const reply = await sandbox.put(three);
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toContain(contentType);
    expect(reply.text).toMatch(text);
    expect(await lastCall()).toMatchObject({
      applied: [],
      faults: [written['kind']],
      answeredStatus: status,
    });
    expect((await sandbox.put(three)).status).toBe(200);
  });

  it.each([
    ['reset-before', 'connection lost', []],
    ['reset-after', 'connection lost', [0, 1, 2]],
    ['hang', 'timeout', []],
    ['hang-after', 'timeout', [0, 1, 2]],
  ])('%s leaves the client without an answer', async (kind, seen, applied) => {
    await fault({ kind });
    expect(await sendAndGiveUp()).toBe(seen);
    expect(await lastCall()).toMatchObject({ applied, faults: [kind], answeredStatus: null });
  });

  it('latency keeps the call open', async () => {
    await fault({ kind: 'latency', ms: 120 });
    await sandbox.put(three);
    const call = await lastCall();
    expect(Number(call?.['closedAt']) - Number(call?.['openedAt'])).toBeGreaterThanOrEqual(115);
  });

  it('poison refuses each call with the customer in it, until it is removed', async () => {
    await fault({ kind: 'poison', match });
    expect((await sandbox.put(three)).json).toMatchObject({ errors: [{ code: 400 }] });
    expect((await sandbox.put([item('01')])).status).toBe(200);
    expect((await sandbox.put([item('03')])).status).toBe(400);
    await sandbox.admin('DELETE', '/faults');
    expect((await sandbox.put([item('03')])).status).toBe(200);
  });

  it('expire-token applies before the call is checked', async () => {
    const { json } = await sandbox.requestToken();
    const { accessToken } = (json as { data: { accessToken: string } }).data;
    await fault({ kind: 'expire-token' });
    const headers = { 'content-type': 'application/json', 'x-cap-api-oauth-token': accessToken };
    expect((await sandbox.send('PUT', '/v2/bulk?source=INSTORE', three, headers)).status).toBe(401);
  });

  it('no-request-id removes the header', async () => {
    await fault({ kind: 'no-request-id' });
    expect((await sandbox.put(three)).headers.has('x-cap-request-id')).toBe(false);
    expect((await sandbox.put(three)).headers.has('x-cap-request-id')).toBe(true);
  });
});

describe('faults of items', () => {
  it('item-error fails the matched item alone, and does not apply it', async () => {
    await fault({ kind: 'item-error', code: 10002, message: 'no', match });
    const { status, json } = await sandbox.put(three);
    expect([status, codesIn(json, 'errors')]).toEqual([201, [[], [10002], []]]);
    expect(await lastCall()).toMatchObject({ applied: [0, 2] });
  });

  it('item-warning is added to every item, or to the matched one', async () => {
    const warning = { kind: 'item-warning', code: 19223, message: 'Points processing failed' };
    await fault(warning, { ...warning, code: 91002, match });
    const { status, json } = await sandbox.put(three);
    expect([status, codesIn(json, 'warnings')]).toEqual([200, [[19223], [19223, 91002], [19223]]]);
  });
});

describe('faults of results', () => {
  it.each<[JsonObject, unknown[]]>([
    [{ kind: 'drop-results', count: 2 }, mobilesOf('01')],
    [{ kind: 'shuffle-results' }, mobilesOf('03', '04', '01')],
    [{ kind: 'duplicate-results' }, mobilesOf('01', '03', '01')],
    [{ kind: 'extra-results', count: 1 }, [...mobilesOf('01', '03', '04'), '910000000001']],
    [{ kind: 'strangers' }, ['910000000001', '910000000002', '910000000003']],
    [{ kind: 'unidentified-results' }, [undefined, undefined, undefined]],
  ])('%o', async (written, mobiles) => {
    await fault(written);
    const { status, json } = await sandbox.put(three);
    expect([status, mobilesIn(json)]).toEqual([200, mobiles]);
    expect(await lastCall()).toMatchObject({ applied: [0, 1, 2] });
  });
});

it('unidentified-results hold nothing that identifies an item', async () => {
  await fault({ kind: 'unidentified-results' });
  const commChannels = [{ type: 'email', value: 'asha.rao@example.com' }];
  const identifiers = [{ type: 'mobile', value: '919900000001' }];
  const { text } = await sandbox.put([item('01', { profiles: [{ identifiers, commChannels }] })]);
  expect(text).toContain('Asha');
  expect(text).not.toMatch(/9199|regcm|example/);
});

describe('faults of delivery', () => {
  it('garbage has the content type of JSON and is not JSON', async () => {
    await fault({ kind: 'garbage' });
    const { status, headers, json } = await sandbox.put(three);
    expect([status, json]).toEqual([200, undefined]);
    expect(headers.get('content-type')).toContain('application/json');
    expect(await lastCall()).toMatchObject({ applied: [0, 1, 2] });
  });

  it('truncated closes the connection in the middle', async () => {
    await fault({ kind: 'truncated' });
    await expect(sandbox.put(three)).rejects.toThrow(/terminated/);
    expect(await lastCall()).toMatchObject({ applied: [0, 1, 2], answeredStatus: 200 });
  });

  it('empty is a success with no body', async () => {
    await fault({ kind: 'empty' });
    const { status, text } = await sandbox.put(three);
    expect([status, text]).toEqual([200, '']);
  });

  it('drip sends the whole response slowly', async () => {
    await fault({ kind: 'drip', bytesPerSecond: 5000 });
    const startMs = Date.now();
    const { text, json } = await sandbox.put(three);
    expect(mobilesIn(json)).toEqual(mobilesOf('01', '03', '04'));
    expect(Date.now() - startMs).toBeGreaterThan((text.length / 5000) * 900);
  });

  it('oversize is an array of as many bytes', async () => {
    await fault({ kind: 'oversize', bytes: 5_000_000 });
    const { text, json } = await sandbox.put(three);
    expect(Array.isArray(json)).toBe(true);
    expect(text.length).toBeGreaterThan(5_000_000);
  });

  it.each([
    { kind: 'oversize', bytes: 10_000_000_000 },
    { kind: 'drip', bytesPerSecond: 1 },
  ])('ends when the client hangs up: %o', async (written) => {
    await fault(written);
    const response = await fetch(`${sandbox.url}/v2/bulk?source=INSTORE`, {
      method: 'PUT',
      headers: tillHeaders,
      body: JSON.stringify(three),
    });
    await response.body?.cancel();
    await expect.poll(async () => (await lastCall())?.['closedAt']).toEqual(expect.any(Number));
  });

  it('are used up by a call that is accepted, not by one that is refused', async () => {
    await fault({ kind: 'empty' });
    expect((await sandbox.put([])).status).toBe(400);
    expect((await sandbox.put(three)).text).toBe('');
  });
});

describe('which calls a fault applies to', () => {
  it('is as many as it says, oldest fault first', async () => {
    await fault({ kind: 'status', status: 503, times: 2 }, { kind: 'status', status: 429 });
    const statuses = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await sandbox.put(three)).status);
    expect(statuses).toEqual([503, 503, 429, 200]);
  });

  it('is only those with the customer in it, children and parents included', async () => {
    await fault({ kind: 'html', match, times: -1 });
    expect((await sandbox.put([item('01')])).status).toBe(200);
    const association = { hierarchyCode: 'code-association2', roleCode: 'FC', parentCustomer: item('03') };
    expect((await sandbox.put([item('01', { associationDetails: association })])).status).toBe(502);
  });

  it('is those of another kind where it says so', async () => {
    await fault({ kind: 'html', on: 'token' }, { kind: 'status', status: 503, on: 'children' });
    expect((await sandbox.put(three)).status).toBe(200);
    expect((await sandbox.requestToken()).status).toBe(502);
    expect((await sandbox.send('GET', '/v2/customers/bulk')).status).toBe(503);
  });

  it('is one call that meets faults of several stages', async () => {
    await fault({ kind: 'truncated' }, { kind: 'drop-results' }, { kind: 'latency', ms: 10 });
    await expect(sandbox.put(three)).rejects.toThrow(/terminated/);
    expect(await lastCall()).toMatchObject({ faults: ['latency', 'drop-results', 'truncated'] });
  });
});
