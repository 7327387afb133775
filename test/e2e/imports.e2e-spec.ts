import { randomUUID } from 'node:crypto';
import { request as openRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { anEnrollment } from '../builders/an-enrollment.js';
import { NDJSON, importsOf } from '../harness/imports.js';
import { startService } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useDataFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const DATA_DIR = useDataFolder();
const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(sandbox, {
  DATA_DIR,
  UPSTREAM_TIMEOUT_MS: '2000',
  UPSTREAM_MAX_CONCURRENCY: '2',
});
const { upload, state, act, ended, results } = importsOf(() => service);
const KNOWN = ['919900000001', '919900000002', '919900000003'];

const customer = (mobile: string, firstName: string): string =>
  JSON.stringify({
    identifiers: [{ type: 'mobile', value: mobile }],
    firstName,
    loyaltyType: 'loyalty',
  });
const enrollment = (mobile: string, loyaltyPoints: number): string =>
  JSON.stringify(anEnrollment({ identifiers: [{ type: 'mobile', value: mobile }], loyaltyPoints }));

/** Uploads 2,000 enrollments of 500 customers; line n credits n points. */
async function uploadCredits(): Promise<string> {
  const mobiles = Array.from({ length: 500 }, (_, n) => String(918_800_000_000 + n));
  const planted = await fetch(`${sandbox.url}/_sandbox/customers`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(
      mobiles.map((value) => ({ source: 'INSTORE', identifiers: [{ type: 'mobile', value }] })),
    ),
  });
  expect(planted.status).toBe(201);
  await sandbox.fault({ kind: 'latency', ms: 300, times: 1000 });
  const lines = Array.from({ length: 2000 }, (_, n) => enrollment(mobiles[n % 500] ?? '', n + 1));
  const accepted = await upload('kind=enrollments', lines.join('\n'), NDJSON, {
    'Idempotency-Key': randomUUID(),
  });
  expect(accepted).toMatchObject({ status: 202, json: { total: 2000 } });
  return String(accepted.json.id);
}

/** Expects one result for each line, no credit twice, and every updated line in the ledger. */
async function expectCredited(id: string): Promise<{ unknown: number }> {
  const done = await ended(id, 120_000);
  expect(done).toMatchObject({ state: 'completed', total: 2000, failed: 0, rejected: 0, waiting: 0 });
  expect(done.updated + done.unknown).toBe(2000);
  const outcomes = await results(id);
  expect(outcomes.map(({ line }) => line)).toEqual(Array.from({ length: 2000 }, (_, n) => n + 1));
  const points = await sandbox.points();
  expect(new Set(points).size).toBe(points.length);
  const credited = new Set(points);
  const missing = outcomes.filter(({ line }) => !credited.has(line));
  expect(missing.filter(({ outcome }) => outcome !== 'unknown')).toEqual([]);
  return done;
}

describe('an import', () => {
  it('of NDJSON applies each line, and reports its outcome', async () => {
    const lines = [
      customer('919900000001', 'Una'),
      customer('910000000000', 'Stranger'),
      '{"firstName":',
      customer('919900000002', 'Duo'),
    ];
    const accepted = await upload('kind=customers&onInvalid=skip', `${lines.join('\n')}\n`);
    expect(accepted).toMatchObject({ status: 202, json: { total: 4, invalid: 1, kind: 'customers' } });
    const { id } = accepted.json;
    expect(accepted.headers.get('location')).toBe(`/v1/imports/${id}`);
    expect(await ended(id)).toMatchObject({
      state: 'completed',
      lines: 4,
      updated: 2,
      rejected: 2,
      failed: 0,
      unknown: 0,
      waiting: 0,
    });
    expect(await sandbox.customer('mobile:919900000001')).toMatchObject({ firstName: 'Una' });
    const outcomes = await results(id);
    expect(outcomes.map(({ line, outcome }) => `${line} ${outcome}`)).toEqual([
      '1 updated',
      '2 rejected',
      '3 rejected',
      '4 updated',
    ]);
    expect(outcomes[1]).toMatchObject({ errors: [{ code: expect.any(Number), status: 404 }] });
    expect(outcomes[2]).toMatchObject({
      errors: [{ message: expect.stringContaining('line 1'), status: 400 }],
    });
    expect(outcomes[0]).toHaveProperty('updateId');
    expect((await results(id, '?outcome=updated')).map(({ line }) => line)).toEqual([1, 4]);
  });

  it('of gzipped CSV applies each line, and returns its results as CSV on request', async () => {
    const csv = [
      'identifiers.mobile,firstName,extendedFields.city,loyaltyType',
      '919900000001,"Rao, Asha",Pune,loyalty',
      '91-99,Ben,,loyalty',
    ].join('\r\n');
    const accepted = await upload('kind=customers&onInvalid=skip', gzipSync(csv), 'text/csv; charset=utf-8', {
      'Content-Encoding': 'gzip',
    });
    expect(accepted).toMatchObject({ status: 202, json: { total: 2, invalid: 1 } });
    expect(await ended(accepted.json.id)).toMatchObject({ updated: 1, rejected: 1 });
    expect(await sandbox.customer('mobile:919900000001')).toMatchObject({ firstName: 'Rao, Asha' });
    const asCsv = await service.send('GET', `/v1/imports/${accepted.json.id}/results`, undefined, {
      Accept: 'text/csv',
    });
    expect(asCsv.headers.get('content-type')).toContain('text/csv');
    const [header, first, second] = asCsv.text.split('\r\n');
    expect(header).toBe('line,outcome,reason,codes,errors,pointsCredited,creditId,updateId,attempts');
    expect(first).toMatch(/^2,updated,/);
    expect(second).toMatch(
      /^3,rejected,,[^,]*,"identifiers.mobile must be .*\(found 5 characters: digits and a hyphen\)/,
    );
  });

  it('of a gzipped JSON array applies each element', async () => {
    const accepted = await upload(
      'kind=memberships',
      gzipSync(`[${customer(KNOWN[0] ?? '', 'x').replace('"firstName":"x",', '')}]`),
      'application/json',
      { 'Content-Encoding': 'gzip' },
    );
    expect(accepted.status).toBe(202);
    expect(await ended(accepted.json.id)).toMatchObject({ updated: 1, total: 1 });
  });

  it('of a JSON array may exceed the limit of other bodies, and reports elements by number', async () => {
    const wide = customer(KNOWN[0] ?? '', 'x'.repeat(90)).replace('}', `${' '.repeat(1000)}}`);
    const elements = [...Array.from({ length: 6000 }, () => wide), '{"firstName":', '{"firstName":7}'];
    const planned = await upload('kind=customers&dryRun=true', `[${elements.join(',')}]`, 'application/json');
    expect(planned).toMatchObject({ status: 400, json: { type: '/problems/upload-unreadable' } });
    elements[6000] = '{"firstName" 7}';
    const again = await upload('kind=customers&dryRun=true', `[${elements.join(',')}]`, 'application/json');
    expect(again).toMatchObject({ status: 200, json: { lines: 6002, valid: 6000, invalid: 2 } });

    const some = [customer(KNOWN[0] ?? '', 'Eka'), '{"firstName" 7}', '{"firstName":7}'];
    const body = `\u{feff}[\n  ${some.join(',\n  ')}\n]\n`;
    const accepted = await upload('kind=customers&onInvalid=skip', body, 'application/json');
    expect(accepted).toMatchObject({ status: 202, json: { total: 3, invalid: 2 } });
    await ended(accepted.json.id);
    const outcomes = await results(accepted.json.id);
    expect(outcomes.map(({ line, outcome }) => `${line} ${outcome}`)).toEqual([
      '1 updated',
      '2 rejected',
      '3 rejected',
    ]);
    expect(outcomes[1]).toMatchObject({
      errors: [{ pointer: '', message: expect.stringContaining('line 1') }],
    });
    expect(outcomes[2]).toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ pointer: '/firstName' })]),
    });
  });

  it('sends nothing when a line is invalid, unless invalid lines are skipped', async () => {
    const accepted = await upload('kind=customers', `${customer('919900000001', 'Rex')}\n{"firstName":7}\n`);
    expect(accepted.status).toBe(202);
    expect(await ended(accepted.json.id)).toMatchObject({ state: 'refused', rejected: 1, failed: 1 });
    expect(await sandbox.calls('bulk')).toEqual([]);
    const [notSent] = await results(accepted.json.id);
    expect(notSent).toMatchObject({
      line: 1,
      outcome: 'failed',
      reason: expect.stringContaining('not sent'),
    });
  });

  it('with dryRun returns a plan, and stores nothing', async () => {
    const before = (await service.send('GET', '/v1/imports')).json.imports.length;
    const lines = [enrollment('919900000001', 5), enrollment('919900000001', 7), '{}'];
    const planned = await upload('kind=enrollments&dryRun=true', lines.join('\n'));
    expect(planned).toMatchObject({ status: 200 });
    expect(planned.json).toMatchObject({
      lines: 3,
      valid: 2,
      invalid: 1,
      repeatedCustomers: 1,
      points: 12,
      calls: 1,
      minutes: 0,
      mistakes: [{ line: 3, errors: [{ pointer: '/programs' }, { pointer: '/identifiers' }] }],
    });
    expect((await service.send('GET', '/v1/imports')).json.imports).toHaveLength(before);
    expect(await sandbox.ledger()).toEqual([]);
  });

  it.each<[string, string, string | Buffer, string, Record<string, string>, number, string]>([
    ['another kind', 'kind=cats', '{}', NDJSON, {}, 400, 'invalid-request'],
    ['no line', 'kind=customers', '', NDJSON, {}, 400, 'upload-unreadable'],
    ['wrong gzip', 'kind=customers', 'x', NDJSON, { 'Content-Encoding': 'gzip' }, 400, 'upload-unreadable'],
    [
      'gzip that ends too early',
      'kind=customers',
      gzipSync('x'.repeat(1000)).subarray(0, 20),
      NDJSON,
      { 'Content-Encoding': 'gzip' },
      400,
      'upload-unreadable',
    ],
    ['a wrong header', 'kind=customers', 'a,a\n1,2\n', 'text/csv', {}, 400, 'upload-unreadable'],
    ['an object', 'kind=customers', '{}', 'application/json', {}, 400, 'invalid-request'],
    ['an empty array', 'kind=customers', '[ ]', 'application/json', {}, 400, 'upload-unreadable'],
    ['a body that is empty', 'kind=customers', '', 'application/json', {}, 400, 'invalid-request'],
    ['half an array', 'kind=customers', '[{},', 'application/json', {}, 400, 'upload-unreadable'],
    ['two arrays', 'kind=customers', '[{}] []', 'application/json', {}, 400, 'upload-unreadable'],
    ['another type', 'kind=customers', '<a/>', 'text/xml', {}, 415, 'unsupported-media-type'],
    [
      'another encoding',
      'kind=customers',
      'x',
      NDJSON,
      { 'Content-Encoding': 'br' },
      415,
      'unsupported-media-type',
    ],
  ])('is rejected with %s', async (_case, query, body, type, headers, status, problem) => {
    const before = (await service.send('GET', '/v1/imports')).json.imports.length;
    const refused = await upload(query, body, type, headers);
    expect(refused).toMatchObject({ status, json: { type: `/problems/${problem}` } });
    expect((await service.send('GET', '/v1/imports')).json.imports).toHaveLength(before);
  });

  it('is the only endpoint that accepts NDJSON', async () => {
    const refused = await service.send('POST', '/v1/customers/batch', '{}', { 'Content-Type': NDJSON });
    expect(refused).toMatchObject({ status: 415, json: { type: '/problems/unsupported-media-type' } });
  });

  it('with an unknown id is not found', async () => {
    for (const id of ['unknown', '0b8f6a52-3f0e-4d3c-9d53-2b7d5c1a9e10']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await service.send('GET', `/v1/imports/${id}`)).toMatchObject({ status: 404 });
    }
  });

  it('leaves nothing behind when its upload is cut off', async () => {
    const before = (await service.send('GET', '/v1/imports')).json.imports.length;
    const cut = openRequest(`${service.url}/v1/imports?kind=customers`, {
      method: 'POST',
      headers: { ...service.authorization, 'Content-Type': NDJSON },
    });
    const gone = new Promise((resolve) => cut.once('close', resolve));
    cut.on('error', () => undefined);
    cut.write(`${customer('919900000001', 'Cut')}\n`.repeat(1000));
    await service.program.waitForEvent(() => true);
    await new Promise((resolve) => setTimeout(resolve, 300));
    cut.destroy();
    await gone;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await service.send('GET', '/v1/imports')).json.imports).toHaveLength(before);
    expect(await sandbox.calls('bulk')).toEqual([]);
    const faults = service.program.events().filter(({ event }) => event === 'request.fault');
    expect(faults).toEqual([]);
  });

  it('pauses, resumes, and streams its progress as events', async () => {
    await sandbox.fault({ kind: 'latency', ms: 200, times: 1000 });
    const lines = Array.from({ length: 3000 }, (_, n) => customer(KNOWN[n % 3] ?? '', `N${n}`));
    const { id } = (await upload('kind=customers', lines.join('\n'))).json;
    expect(await act(id, 'pause')).toMatchObject({ status: 200, json: { state: 'paused' } });
    expect(await act(id, 'pause')).toMatchObject({ status: 409, json: { type: '/problems/import-state' } });
    expect(await act(id, 'retry')).toMatchObject({ status: 409 });
    await until(
      () => state(id),
      ({ state: now }) => now === 'paused',
    );
    expect(await act(id, 'resume')).toMatchObject({ status: 200, json: { state: 'queued' } });
    await sandbox.reset();
    const events = await service.send('GET', `/v1/imports/${id}/events`);
    expect(events.headers.get('content-type')).toContain('text/event-stream');
    expect(events.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(events.headers.get('x-accel-buffering')).toBe('no');
    const states = events.text
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice(6)));
    expect(states.at(-1)).toMatchObject({ state: 'completed', updated: 3000, waiting: 0 });
    const version = Number(/^id: (\d+)$/m.exec(events.text)?.[1]);
    const later = await service.send('GET', `/v1/imports/${id}/events`, undefined, {
      'Last-Event-ID': String(states.at(-1).version),
    });
    expect(version).toBeGreaterThan(0);
    expect(later.text).not.toContain('data:');
    // Lines of one customer were applied in their order.
    expect(await sandbox.customer('mobile:919900000001')).toMatchObject({ firstName: 'N2997' });
  });

  it('is canceled, and a retry sends its unsent lines as a new import', async () => {
    await sandbox.fault({ kind: 'latency', ms: 300, times: 1000 });
    const lines = Array.from({ length: 3000 }, (_, n) => customer(KNOWN[n % 3] ?? '', `C${n}`));
    const { id } = (await upload('kind=customers', lines.join('\n'))).json;
    expect(await act(id, 'cancel')).toMatchObject({ status: 200, json: { state: 'cancelling' } });
    const cancelled = await ended(id);
    expect(cancelled).toMatchObject({ state: 'cancelled', waiting: 0 });
    expect(cancelled.failed).toBeGreaterThan(0);
    expect(await results(id)).toHaveLength(3000);

    await sandbox.reset();
    const again = await act(id, 'retry');
    expect(again).toMatchObject({ status: 202, json: { retryOf: id, total: cancelled.failed } });
    expect(await ended(again.json.id)).toMatchObject({ state: 'completed', updated: cancelled.failed });
    const failed = (await results(id, '?outcome=failed')).map(({ line }) => line);
    expect((await results(again.json.id)).map(({ line }) => line)).toEqual(failed);
  });

  it('survives a kill with one result for each line, and credits no points twice', async () => {
    const id = await uploadCredits();
    await until(
      () => sandbox.ledger(),
      (credits) => credits.length >= 300,
    );
    await service.stop('SIGKILL');
    expect((await sandbox.ledger()).length).toBeLessThan(2000);
    await service.start();
    // Some credits are in doubt, so calls were in flight at the kill.
    expect((await expectCredited(id)).unknown).toBeGreaterThan(0);
  });

  it('continues after a shutdown, which leaves nothing in doubt', async () => {
    const id = await uploadCredits();
    await until(
      () => sandbox.ledger(),
      (credits) => credits.length >= 300,
    );
    expect(await service.stop()).toBe(0);
    expect((await sandbox.ledger()).length).toBeLessThan(2000);
    await service.start();
    expect((await expectCredited(id)).unknown).toBe(0);
  });
});

describe('DEFAULT_LOYALTY_TYPE', () => {
  it.each([
    ['customers', { firstName: 'Una' }],
    ['associations', { hierarchyCode: 'code-association2', roleCode: 'FA' }],
  ])('fills in an absent loyaltyType in a line of %s, as in a single request', async (kind, others) => {
    const lenient = await startService(sandbox.url, { DEFAULT_LOYALTY_TYPE: 'loyalty' });
    const imports = importsOf(() => lenient);
    const line = JSON.stringify({ identifiers: [{ type: 'mobile', value: '919900000001' }], ...others });

    const accepted = await imports.upload(`kind=${kind}`, line);
    expect(accepted).toMatchObject({ status: 202, json: { total: 1, invalid: 0 } });
    await imports.ended(String(accepted.json.id));
    const [call] = await sandbox.calls('bulk');
    expect(call).toMatchObject({ body: [{ loyaltyInfo: { loyaltyType: 'loyalty' } }] });
    await lenient.stop();
  });
});
