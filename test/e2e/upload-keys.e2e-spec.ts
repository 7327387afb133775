import { randomUUID } from 'node:crypto';
import { type ClientRequest, request as openRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { anEnrollment } from '../builders/an-enrollment.js';
import { NDJSON, importsOf } from '../harness/imports.js';
import type { Answer } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox({ resetBeforeEach: true });
/** With these times a lease lasts 6.5 s. */
const TIMES = { UPSTREAM_TIMEOUT_MS: '500', REQUEST_DEADLINE_MS: '1000' };
// One failed answer about a line ends it.
const service = useService(sandbox, { ...TIMES, BACKGROUND_MAX_ATTEMPTS: '1' });

/** Waits for the imports of a test, so that they credit no points during the next one. */
afterEach(async () =>
  until(async () => (await imports()).every(({ finishedAt }) => finishedAt !== undefined)),
);

const GZIP = { 'Content-Encoding': 'gzip' };
const { upload: send, ended } = importsOf(() => service);

const upload = (
  query: string,
  body: string | Buffer,
  key?: string,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  send(query, body, NDJSON, { ...(key !== undefined && { 'Idempotency-Key': key }), ...headers });

/** Begins an upload that sends one line and stays open until the test ends it. */
async function beginUpload(line: string, key: string): Promise<ClientRequest> {
  const begun = openUpload(line, key);
  await pause(300);
  // An empty upload holds the key only briefly.
  await until(async () => (await upload('kind=enrollments', '', key)).status === 409);
  return begun;
}

function openUpload(line: string, key: string): ClientRequest {
  const begun = openRequest(`${service.url}/v1/imports?kind=enrollments`, {
    method: 'POST',
    headers: { ...service.authorization, 'Content-Type': NDJSON, 'Idempotency-Key': key },
  });
  begun.on('error', () => undefined);
  begun.write(`${line}\n`);
  return begun;
}

const imports = async (): Promise<{ id: string; finishedAt?: string }[]> =>
  (await service.send('GET', '/v1/imports?limit=200')).json.imports;

const enrollment = (loyaltyPoints: number): string => JSON.stringify(anEnrollment({ loyaltyPoints }));
const CSV = 'identifiers.mobile,programs.0.programId,programs.0.loyaltyPoints\r\n919900000001,1016,5\r\n';

/** Makes an import with one failed line of these points: the customer was busy once, and it is not sent again. */
async function failed(points: number): Promise<string> {
  const match = { type: 'mobile', value: '919900000001' };
  await sandbox.fault({ kind: 'item-error', code: 521, message: 'busy', match });
  const { id } = (await upload('kind=enrollments', enrollment(points), randomUUID())).json;
  expect(await ended(id)).toMatchObject({ failed: 1 });
  return String(id);
}
const retry = (id: string, headers: Record<string, string>): Promise<Answer> =>
  service.send('POST', `/v1/imports/${id}/retry`, undefined, headers);

/** Expects the second response to be a replay of the first. */
function expectReplay(second: Answer, first: Answer): void {
  expect([first.status, second.status]).toEqual([202, 202]);
  expect(first.headers.has('idempotency-replayed')).toBe(false);
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect(second.text).toBe(first.text);
  for (const name of ['content-type', 'location']) {
    expect(second.headers.get(name)).toBe(first.headers.get(name));
    expect(first.headers.has(name)).toBe(true);
  }
}

const REUSED = { status: 422, json: { type: '/problems/idempotency-key-reused' } };
const IN_USE = { status: 409, json: { type: '/problems/idempotency-key-in-use' } };

describe('an Idempotency-Key of an upload', () => {
  it.each<[string, string | Buffer, Record<string, string>]>([
    ['NDJSON', `${enrollment(5)}\n`, {}],
    ['CSV', CSV, { 'Content-Type': 'text/csv' }],
    ['a JSON array', `[${enrollment(5)}]`, { 'Content-Type': 'application/json' }],
    ['gzip', gzipSync(enrollment(5)), GZIP],
  ])(
    'replays the response to the same upload of %s, and makes no second import',
    async (_case, body, headers) => {
      const before = (await imports()).length;
      const key = randomUUID();
      const first = await upload('kind=enrollments', body, key, headers);
      expectReplay(await upload('kind=enrollments', body, key, headers), first);
      expect(await imports()).toHaveLength(before + 1);
      await ended(first.json.id);
      expectReplay(await upload('kind=enrollments', body, key, headers), first);
      expect(await sandbox.points()).toEqual([5]);
    },
  );

  it('ignores compression, and the parameters of the content type', async () => {
    const key = randomUUID();
    const first = await upload('kind=enrollments', enrollment(6), key);
    expect(first.status).toBe(202);
    expectReplay(await upload('kind=enrollments', gzipSync(enrollment(6)), key, GZIP), first);
    expectReplay(
      await upload('kind=enrollments', enrollment(6), key, { 'Content-Type': `${NDJSON}; charset=utf-8` }),
      first,
    );
  });

  it('is rejected for another body, another query and another type', async () => {
    const key = randomUUID();
    const first = await upload('kind=enrollments', enrollment(7), key);
    const before = await imports();
    expect(await upload('kind=enrollments', enrollment(8), key)).toMatchObject(REUSED);
    expect(await upload('kind=enrollments', `${enrollment(7)}\n`, key)).toMatchObject(REUSED);
    expect(await upload('kind=enrollments&onInvalid=skip', enrollment(7), key)).toMatchObject(REUSED);
    const asJson = { 'Content-Type': 'application/json' };
    expect(await upload('kind=enrollments', enrollment(7), key, asJson)).toMatchObject(REUSED);
    expect(await imports()).toHaveLength(before.length);
    expectReplay(await upload('kind=enrollments', enrollment(7), key), first);
  });

  it('is answered with 409 while its first upload runs, before the body is read', async () => {
    const before = (await imports()).length;
    const key = randomUUID();
    const first = await beginUpload(enrollment(9), key);
    const answered = new Promise<number | undefined>((resolve) =>
      first.once('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      }),
    );
    // This is longer than a lease lasts without renewal.
    for (let look = 0; look < 9; look += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one look after the other
      await pause(1000);
      // oxlint-disable-next-line no-await-in-loop -- one look after the other
      const second = await upload('kind=enrollments', enrollment(9), key);
      expect(second).toMatchObject(IN_USE);
      expect(second.headers.get('retry-after')).toBe('1');
    }
    // The response arrives before the client has sent everything.
    const endless = openUpload(enrollment(9), key);
    const refused = await new Promise<number | undefined>((resolve) =>
      endless.once('response', (response) => resolve(response.statusCode)),
    );
    expect(refused).toBe(409);
    endless.destroy();
    first.end();
    expect(await answered).toBe(202);
    const third = await upload('kind=enrollments', `${enrollment(9)}\n`, key);
    expect(third).toMatchObject({ status: 202 });
    expect(third.headers.get('idempotency-replayed')).toBe('true');
    expect(await imports()).toHaveLength(before + 1);
  });

  it('may be used again after an upload that was rejected', async () => {
    const key = randomUUID();
    expect(await upload('kind=enrollments', '', key)).toMatchObject({ status: 400 });
    const twoArrays = await upload('kind=enrollments', '[{}] []', key, {
      'Content-Type': 'application/json',
    });
    expect(twoArrays).toMatchObject({ status: 400 });
    const again = await upload('kind=enrollments', enrollment(1), key);
    expect(again.status).toBe(202);
    expect(again.headers.has('idempotency-replayed')).toBe(false);
  });

  it('may be used again after an upload that was cut off', async () => {
    const before = (await imports()).length;
    const key = randomUUID();
    const cut = await beginUpload(enrollment(1), key);
    cut.destroy();
    const again = await until(
      () => upload('kind=enrollments', enrollment(2), key),
      ({ status }) => status !== 409,
    );
    expect(again).toMatchObject({ status: 202 });
    expect(await imports()).toHaveLength(before + 1);
  });

  it('returns the same import after a kill that follows its acceptance', async () => {
    const before = await imports();
    const key = randomUUID();
    const lines = Array.from({ length: 300 }, (_, n) => enrollment(n + 1)).join('\n');
    const lost = upload('kind=enrollments', lines, key).catch(() => undefined);
    await service.program.waitForEvent(
      ({ event, itemCount }) => event === 'import.accepted' && itemCount === 300,
    );
    await service.stop('SIGKILL');
    await lost;
    await service.start();
    const second = await upload('kind=enrollments', lines, key);
    expect(second).toMatchObject({ status: 202, json: { total: 300 } });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const known = new Set(before.map(({ id }) => id));
    expect((await imports()).filter(({ id }) => !known.has(id)).map(({ id }) => id)).toEqual([
      second.json.id,
    ]);
    await ended(second.json.id);
    const points = await sandbox.points();
    expect(new Set(points).size).toBe(points.length);
  });

  it('makes an import after a kill that comes before its acceptance', async () => {
    const before = (await imports()).length;
    const key = randomUUID();
    await beginUpload(enrollment(3), key);
    await service.stop('SIGKILL');
    await service.start();
    const again = await until(
      () => upload('kind=enrollments', enrollment(3), key),
      ({ status }) => status !== 409,
    );
    expect(again).toMatchObject({ status: 202 });
    expect(again.headers.has('idempotency-replayed')).toBe(false);
    expect(await imports()).toHaveLength(before + 1);
  });

  it.each<[string, string, string, number]>([
    ['NDJSON', `{}\n${enrollment(0)}\n${enrollment(5)}`, NDJSON, 3],
    ['CSV', CSV, 'text/csv', 2],
    ['a JSON array', `[${enrollment(5)}]`, 'application/json', 1],
  ])('is required when %s credits points', async (_case, body, type, line) => {
    const before = (await imports()).length;
    const query = 'kind=enrollments&onInvalid=skip';
    const refused = await upload(query, body, undefined, { 'Content-Type': type });
    expect(refused).toMatchObject({ status: 400, json: { type: '/problems/idempotency-key-required' } });
    expect(refused.json.errors).toEqual([
      { header: 'Idempotency-Key', code: 'required', message: expect.stringMatching(`line ${line}$`) },
    ]);
    expect(await imports()).toHaveLength(before);
    const planned = await upload(`${query}&dryRun=true`, body, undefined, { 'Content-Type': type });
    expect(planned).toMatchObject({ status: 200, json: { points: 5 } });
  });

  it('is not required without points, and is ignored by a dry run', async () => {
    expect(await upload('kind=enrollments', enrollment(0))).toMatchObject({ status: 202 });
    const key = randomUUID();
    expect(await upload('kind=enrollments&dryRun=true', enrollment(4), key)).toMatchObject({ status: 200 });
    const first = await upload('kind=enrollments', enrollment(5), key);
    expect(first.headers.has('idempotency-replayed')).toBe(false);
    expect(first.status).toBe(202);
  });

  it('replays the response to a second retry of an import, and is required when that credits points', async () => {
    const [one, other] = [await failed(11), await failed(12)];
    const before = (await imports()).length;
    const key = randomUUID();
    expect(await retry(one, {})).toMatchObject({
      status: 400,
      json: { type: '/problems/idempotency-key-required', errors: [{ header: 'Idempotency-Key' }] },
    });
    const first = await retry(one, { 'Idempotency-Key': key });
    expectReplay(await retry(one, { 'Idempotency-Key': key }), first);
    expect(first.json).toMatchObject({ retryOf: one, total: 1 });
    expect(await retry(other, { 'Idempotency-Key': key })).toMatchObject(REUSED);
    expect(await imports()).toHaveLength(before + 1);
    await ended(first.json.id);
    expect(await sandbox.points()).toEqual([11]);
  });

  it('replays the response to a second action, in any later state of the import', async () => {
    await sandbox.fault({ kind: 'latency', ms: 200, times: 1000 });
    const lines = Array.from({ length: 500 }, () => enrollment(0)).join('\n');
    const { id } = (await upload('kind=enrollments', lines)).json;
    const key = randomUUID();
    const act = (action: string): Promise<Answer> =>
      service.send('POST', `/v1/imports/${id}/${action}`, undefined, { 'Idempotency-Key': key });
    const paused = await act('pause');
    expect(paused).toMatchObject({ status: 200, json: { state: 'paused' } });
    const cancelled = await act('cancel');
    expect(cancelled).toMatchObject({ status: 200 });
    for (const [what, first] of [
      ['pause', paused],
      ['cancel', cancelled],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const again = await act(what);
      expect(again.text).toBe(first.text);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    }
    await sandbox.reset();
    await ended(id);
  });
});
