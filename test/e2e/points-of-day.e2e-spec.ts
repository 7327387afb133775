import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeKey } from '../../src/security/api-key.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { NDJSON } from '../harness/imports.js';
import { type Answer, FREE_KEY, keyRecord } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const MOST = 100;
const BATCH = '/v1/loyalty/enrollments/batch';

/** One key for each test, as a count lasts for a day. */
const keys = Array.from({ length: 12 }, () => makeKey());

const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(
  sandbox,
  { UPSTREAM_TIMEOUT_MS: '500', REQUEST_DEADLINE_MS: '2000', BACKGROUND_MAX_ATTEMPTS: '1' },
  keys.map((one, index) => keyRecord(one, { name: `day-${index}`, maxPointsPerDay: MOST })),
);
let key: string;

beforeEach(() => {
  key = keys.pop() ?? '';
});

function ask(method: string, path: string, body?: unknown, idempotencyKey = randomUUID()): Promise<Answer> {
  return service.send(method, path, body, {
    Authorization: `Bearer ${key}`,
    'Idempotency-Key': idempotencyKey,
    ...(path.startsWith('/v1/imports?') && { 'Content-Type': NDJSON }),
  });
}

const KNOWN = '919900000001';
/** A customer that the vendor does not know. */
const UNKNOWN_CUSTOMER = '910000000000';

const enrollment = (loyaltyPoints: number, value = KNOWN) =>
  anEnrollment({ identifiers: [{ type: 'mobile', value }], loyaltyPoints });
const enroll = (
  loyaltyPoints: number,
  value = KNOWN,
  idempotencyKey?: ReturnType<typeof randomUUID>,
): Promise<Answer> =>
  ask('POST', '/v1/loyalty/enrollments', enrollment(loyaltyPoints, value), idempotencyKey);
const upload = (lines: readonly object[]): Promise<Answer> =>
  ask(
    'POST',
    '/v1/imports?kind=enrollments&onInvalid=skip',
    lines.map((line) => JSON.stringify(line)).join('\n'),
  );
const hasEnded = (id: string): Promise<Answer> =>
  until(
    () => ask('GET', `/v1/imports/${id}`),
    ({ json }) => json.finishedAt !== undefined,
  );

/** Reads the points that remain today, from a rejection. */
async function pointsLeft(): Promise<number> {
  const { json } = await enroll(MOST + 1);
  expect(json.type).toBe('/problems/points-limit');
  return json.pointsLeft;
}

describe('a key with a maximum of points a day', () => {
  it('credits points up to it, and its rejections name the remainder and the end of the day', async () => {
    expect((await enroll(60)).status).toBe(200);
    const refused = await enroll(41);
    expect(refused).toMatchObject({
      status: 403,
      json: { type: '/problems/points-limit', pointsLeft: 40, dayEndsAt: expect.stringMatching(/T00:00:00/) },
    });
    expect((await enroll(40)).status).toBe(200);
    expect(await sandbox.points()).toEqual([60, 40]);
  });

  it('counts nothing for a replay, and nothing for a dry run', async () => {
    const idempotencyKey = randomUUID();
    expect((await enroll(60, KNOWN, idempotencyKey)).status).toBe(200);
    expect((await enroll(60, KNOWN, idempotencyKey)).headers.get('idempotency-replayed')).toBe('true');
    expect((await ask('POST', '/v1/loyalty/enrollments?dryRun=true', enrollment(30))).status).toBe(200);
    expect(await pointsLeft()).toBe(40);
  });

  it('may repeat a rejected request with the same Idempotency-Key', async () => {
    const idempotencyKey = randomUUID();
    expect((await enroll(101, KNOWN, idempotencyKey)).status).toBe(403);
    expect((await enroll(101, KNOWN, idempotencyKey)).headers.get('idempotency-replayed')).toBeNull();
  });

  it('gets back what the vendor rejected', async () => {
    expect((await enroll(60, UNKNOWN_CUSTOMER)).status).toBe(404);
    expect(await pointsLeft()).toBe(100);
  });

  it('gets back what failed', async () => {
    const failed = await service.send('POST', '/v1/loyalty/enrollments', enrollment(60), {
      Authorization: `Bearer ${key}`,
      'Idempotency-Key': randomUUID(),
      'Request-Timeout': '0.001',
    });
    expect(failed).toMatchObject({ status: 503, json: { outcome: 'failed' } });
    expect(await pointsLeft()).toBe(100);
  });

  it('does not get back what is in doubt, and cannot send it again beyond the maximum', async () => {
    await sandbox.fault({ kind: 'reset-before' });
    const { json } = await enroll(60);
    expect(json.outcome).toBe('unknown');
    expect(await pointsLeft()).toBe(40);
    const resolve = `/v1/loyalty/unknown-credits/${json.creditId}/resolve`;
    const again = await ask('POST', resolve, { resolution: 'not-applied', note: 'missing' });
    expect(again).toMatchObject({ status: 403, json: { type: '/problems/points-limit', pointsLeft: 40 } });
    expect(await sandbox.points()).toEqual([]);
  });

  it('counts a credit that is sent again', async () => {
    await sandbox.fault({ kind: 'reset-before' });
    const { json } = await enroll(30);
    const resolve = `/v1/loyalty/unknown-credits/${json.creditId}/resolve`;
    const again = await ask('POST', resolve, { resolution: 'not-applied', note: 'missing' });
    expect(again).toMatchObject({ status: 200, json: { outcome: { outcome: 'updated' } } });
    expect(await pointsLeft()).toBe(40);
  });

  it('sends nothing of a batch beyond it, and gets back what a batch did not credit', async () => {
    const beyond = { enrollments: [enrollment(60), enrollment(41)] };
    expect(await ask('POST', `${BATCH}?onInvalid=skip`, beyond)).toMatchObject({
      status: 403,
      json: { type: '/problems/points-limit', pointsLeft: 100 },
    });
    expect(await sandbox.points()).toEqual([]);
    const within = { enrollments: [enrollment(60), enrollment(40, UNKNOWN_CUSTOMER)] };
    expect((await ask('POST', BATCH, within)).json.summary).toMatchObject({ updated: 1, rejected: 1 });
    expect(await pointsLeft()).toBe(40);
  });

  it('stays within it under concurrent requests', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => enroll(30)));
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(7);
    expect(await sandbox.points()).toEqual([30, 30, 30]);
  });

  it('creates no import beyond it, and gets back what an import did not credit', async () => {
    expect(await upload([enrollment(60), enrollment(41)])).toMatchObject({
      status: 403,
      json: { type: '/problems/points-limit', pointsLeft: 100 },
    });
    expect((await ask('GET', '/v1/imports')).json.imports).not.toContainEqual(
      expect.objectContaining({ total: 2 }),
    );
    const { status, json } = await upload([enrollment(60), enrollment(30, UNKNOWN_CUSTOMER), {}]);
    expect(status).toBe(202);
    await hasEnded(json.id);
    expect(await sandbox.points()).toEqual([60]);
    expect(await pointsLeft()).toBe(40);
  });

  it('gets back what an import did not credit, and counts it again for a retry', async () => {
    const match = { type: 'mobile', value: '919900000001' };
    await sandbox.fault({ kind: 'item-error', code: 521, message: 'busy', match });
    const failed = await upload([enrollment(60)]);
    await hasEnded(failed.json.id);
    expect(await pointsLeft()).toBe(100);
    expect((await enroll(41)).status).toBe(200);
    const retry = `/v1/imports/${failed.json.id}/retry`;
    expect(await ask('POST', retry)).toMatchObject({ status: 403, json: { pointsLeft: 59 } });
    expect(await sandbox.points()).toEqual([41]);
  });
});

it('a key without a maximum credits any number of points', async () => {
  key = FREE_KEY;
  expect((await enroll(1_000_000)).status).toBe(200);
});
