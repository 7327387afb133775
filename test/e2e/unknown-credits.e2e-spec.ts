import { describe, expect, it } from 'vitest';
import { anEnrollment } from '../builders/an-enrollment.js';
import type { Answer } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(sandbox, {
  UPSTREAM_TIMEOUT_MS: '500',
  REQUEST_DEADLINE_MS: '2000',
  REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: 'false',
});

const enroll = (loyaltyPoints: number): Promise<Answer> =>
  service.send('POST', '/v1/loyalty/enrollments', anEnrollment({ loyaltyPoints }));
const list = async (state = 'unknown') =>
  (await service.send('GET', `/v1/loyalty/unknown-credits?state=${state}&limit=200`)).json.credits;
const isListed = async (amount: number): Promise<boolean> =>
  (await list()).some((credit: { points: number }) => credit.points === amount);
const resolve = (id: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  service.send('POST', `/v1/loyalty/unknown-credits/${id}/resolve`, body, headers);

/** Makes a credit in doubt: by default the vendor applies it and the answer is lost. */
async function creditInDoubt(amount: number, kind = 'reset-after'): Promise<string> {
  await sandbox.fault({ kind });
  const answer = await enroll(amount);
  expect(answer).toMatchObject({ status: 504, json: { outcome: 'unknown', pointsCredited: 'unknown' } });
  return String(answer.json.creditId);
}

describe('a credit in doubt', () => {
  it('is listed before its caller is answered, with its details', async () => {
    const id = await creditInDoubt(75);
    expect((await list()).find((credit: { id: string }) => credit.id === id)).toMatchObject({
      state: 'unknown',
      points: 75,
      source: 'INSTORE',
      reason: 'connection-lost',
      identifiers: [{ type: 'mobile', value: '919900000001' }],
    });
  });

  it('is answered with 404 for a malformed id', async () => {
    expect(await resolve('id%00', { resolution: 'applied', note: 'none' })).toMatchObject({
      status: 404,
      json: { type: '/problems/unknown-credit-not-found' },
    });
  });

  it('is sent once when it is resolved twice with one key, and the second response is a replay', async () => {
    const id = await creditInDoubt(76, 'reset-before');
    const resolution = { resolution: 'not-applied', note: 'missing in the ledger' };
    const key = { 'Idempotency-Key': id };
    const first = await resolve(id, resolution, key);
    expect(first).toMatchObject({ status: 200, json: { outcome: { outcome: 'updated' } } });
    // This endpoint has no dry run: the parameter is ignored, and the key counts.
    const path = `/v1/loyalty/unknown-credits/${id}/resolve?dryRun=true`;
    const second = await service.send('POST', path, resolution, key);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const other = await creditInDoubt(78, 'reset-before');
    expect(await resolve(other, resolution, key)).toMatchObject({
      status: 422,
      json: { type: '/problems/idempotency-key-reused' },
    });
    expect(await sandbox.points()).toEqual([76]);
  });

  it('is closed when it is resolved as applied, and nothing is sent', async () => {
    const id = await creditInDoubt(75);
    await sandbox.forgetCalls();
    const answer = await resolve(id, { resolution: 'applied', note: 'seen in the ledger' });
    expect(answer).toMatchObject({
      status: 200,
      json: { credit: { state: 'resolved', resolution: 'applied', note: 'seen in the ledger' } },
    });
    expect(answer.json).not.toHaveProperty('outcome');
    expect(answer.text).not.toContain('9199');
    expect(await sandbox.calls('bulk')).toEqual([]);
    expect((await list()).map((credit: { id: string }) => credit.id)).not.toContain(id);
    expect((await list('resolved')).map((credit: { id: string }) => credit.id)).toContain(id);
  });

  it('is sent once more when it is resolved as not applied', async () => {
    const id = await creditInDoubt(41, 'reset-before');
    expect(await sandbox.points()).toEqual([]);
    const answers = await Promise.all(
      [1, 2, 3].map(() => resolve(id, { resolution: 'not-applied', note: 'missing in the ledger' })),
    );
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['200', '409', '409']);
    const done = answers.find(({ status }) => status === 200);
    expect(done?.json).toMatchObject({
      credit: { id, resolution: 'not-applied' },
      outcome: { outcome: 'updated', pointsCredited: 'yes' },
    });
    expect(await sandbox.points()).toEqual([41]);
    expect((await list()).map((credit: { id: string }) => credit.id)).not.toContain(
      done?.json.credit.resentAs,
    );
  });

  it('is in doubt again, under a new id, when the second call is lost as well', async () => {
    const id = await creditInDoubt(42, 'reset-before');
    await sandbox.fault({ kind: 'reset-after' });
    const answer = await resolve(id, { resolution: 'not-applied', note: 'missing' });
    expect(answer.json).toMatchObject({ outcome: { outcome: 'unknown', pointsCredited: 'unknown' } });
    expect((await list()).map((credit: { id: string }) => credit.id)).toContain(answer.json.credit.resentAs);
    expect(await sandbox.points()).toEqual([42]);
  });

  it.each([
    ['an unknown id', 'unknown', { resolution: 'applied', note: 'x' }, 404, undefined],
    ['no body', 'unknown', {}, 400, ['/resolution', '/note']],
    ['an unknown resolution', 'unknown', { resolution: 'maybe', note: 'x' }, 400, ['/resolution']],
    ['an empty note', 'unknown', { resolution: 'applied', note: '' }, 400, ['/note']],
    ['a long note', 'unknown', { resolution: 'applied', note: 'x'.repeat(501) }, 400, ['/note']],
  ])('is not resolved by %s', async (_case, id, body, status, pointers) => {
    const answer = await resolve(id, body);
    expect(answer.status).toBe(status);
    if (pointers) {
      expect(answer.json.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual(
        pointers.toSorted(),
      );
    }
  });

  it('is not listed by a query with wrong parameters', async () => {
    const answer = await service.send('GET', '/v1/loyalty/unknown-credits?state=all&limit=0&after=a%20b');
    expect(answer.status).toBe(400);
    expect(answer.json.errors.map(({ parameter }: { parameter: string }) => parameter).toSorted()).toEqual([
      'after',
      'limit',
      'state',
    ]);
  });

  it('survives a kill while its call is in flight, is listed, and never sent again', async () => {
    expect(await enroll(1)).toMatchObject({ status: 200 }); // fetches the access token
    await sandbox.forgetCalls();
    await sandbox.fault({ kind: 'latency', ms: 400 });
    const lost = enroll(77).catch(() => 'the process is gone');
    await sandbox.called();
    await service.stop('SIGKILL');
    expect(await lost).toBe('the process is gone');
    await service.start();

    // The credit is listed once no call of the killed process can still be in flight.
    await until(() => isListed(77));
    expect((await sandbox.points()).filter((amount) => amount === 77).length).toBeLessThanOrEqual(1);
    expect(await sandbox.calls('bulk')).toHaveLength(1);
  });
});
