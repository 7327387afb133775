import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { anEnrollment } from '../builders/an-enrollment.js';
import { type Answer, startService } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox({ resetBeforeEach: true });
/** A lease lasts 6.5 s. */
const service = useService(sandbox, {
  UPSTREAM_TIMEOUT_MS: '500',
  REQUEST_DEADLINE_MS: '1000',
});

const ASHA = [{ type: 'mobile', value: '919900000001' }];
const BEN = [{ type: 'mobile', value: '919900000002' }];
const CARA = [{ type: 'mobile', value: '919900000003' }];

type Element = Record<string, unknown>;
const enrollment = (identifiers: object[], loyaltyPoints: number, idempotencyKey?: string): Element =>
  anEnrollment({ identifiers, loyaltyPoints, ...(idempotencyKey !== undefined && { idempotencyKey }) });
const enroll = (enrollments: Element[], key?: string, query = ''): Promise<Answer> =>
  service.send(
    'POST',
    `/v1/loyalty/enrollments/batch${query}`,
    { enrollments },
    key === undefined ? {} : { 'Idempotency-Key': key },
  );
const points = async (): Promise<number[]> => (await sandbox.points()).toSorted((one, other) => one - other);
const isReplayed = ({ headers }: Answer): boolean => headers.get('idempotency-replayed') === 'true';
const outcomes = ({ json }: Answer): string[] =>
  json.outcomes.map(({ outcome }: { outcome: string }) => outcome);
const customersSent = async (): Promise<number[]> =>
  (await sandbox.calls('bulk')).map(({ itemCount }) => itemCount ?? 0);

/** Makes the vendor report Ben as busy for the whole test. */
const keepBenBusy = (): Promise<void> =>
  sandbox.fault({ kind: 'item-error', match: BEN[0], code: 521, message: 'several actions', times: 1000 });

describe('the Idempotency-Key of a batch', () => {
  it('repeats only what failed, and answers with all outcomes', async () => {
    const key = randomUUID();
    const batch = [enrollment(ASHA, 10), enrollment(BEN, 20), enrollment(CARA, 30)];
    await keepBenBusy();
    const first = await enroll(batch, key);
    expect(first.status).toBe(207);
    expect(outcomes(first)).toEqual(['updated', 'failed', 'updated']);
    const before = await points();
    await sandbox.reset();
    const second = await enroll(batch, key);
    expect(second).toMatchObject({ status: 200, json: { summary: { total: 3, updated: 3, failed: 0 } } });
    expect(second.json.outcomes[0]).toEqual(first.json.outcomes[0]);
    expect(second.json.outcomes.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2]);
    expect(isReplayed(second)).toBe(false);
    expect([before, await points(), await customersSent()]).toEqual([[10, 30], [20], [1]]);

    const third = await enroll(batch, key);
    expect([third.status, third.text, isReplayed(third)]).toEqual([200, second.text, true]);
    expect(await points()).toEqual([20]);
  });

  it('keeps its outcomes when a repeated request is invalid', async () => {
    const key = randomUUID();
    const batch = [enrollment(ASHA, 10), enrollment(BEN, 20)];
    await keepBenBusy();
    expect(outcomes(await enroll(batch, key))).toEqual(['updated', 'failed']);
    const refused = await service.send(
      'POST',
      '/v1/loyalty/enrollments/batch',
      { enrollments: batch },
      { 'Idempotency-Key': key, 'Request-Timeout': 'soon' },
    );
    expect(refused.status).toBe(400);
    await sandbox.reset();
    expect(outcomes(await enroll(batch, key))).toEqual(['updated', 'updated']);
    expect(await points()).toEqual([20]);
  });

  it('is rejected for another batch, also after a partial failure', async () => {
    const key = randomUUID();
    await keepBenBusy();
    await enroll([enrollment(BEN, 20), enrollment(ASHA, 10)], key);
    await sandbox.forgetCalls();
    expect(await enroll([enrollment(CARA, 30)], key)).toMatchObject({
      status: 422,
      json: { type: '/problems/idempotency-key-reused' },
    });
    expect(await customersSent()).toEqual([]);
  });
});

describe('the idempotencyKey of an item', () => {
  it('repeats no item that was updated, and is not sent to the vendor', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const first = await enroll([enrollment(ASHA, 10, one)]);
    expect(first.status).toBe(200);
    expect(JSON.stringify(await sandbox.calls('bulk'))).not.toContain(one);

    const second = await enroll([enrollment(BEN, 20, two), enrollment(ASHA, 10, one)]);
    expect(second.status).toBe(200);
    const { index: _first, ...outcome } = first.json.outcomes[0];
    expect(second.json.outcomes[1]).toEqual({ index: 1, ...outcome, replayed: true });
    expect(second.json.outcomes[0]).not.toHaveProperty('replayed');
    expect(await points()).toEqual([10, 20]);
    expect(await customersSent()).toEqual([1, 1]);
  });

  it('allows a failed item to be repeated', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const batch = [enrollment(ASHA, 10, one), enrollment(BEN, 20, two)];
    await keepBenBusy();
    expect(outcomes(await enroll(batch))).toEqual(['updated', 'failed']);
    await sandbox.reset();
    const second = await enroll(batch);
    expect(outcomes(second)).toEqual(['updated', 'updated']);
    expect(second.json.outcomes.map(({ replayed }: { replayed?: boolean }) => replayed)).toEqual([
      true,
      undefined,
    ]);
    expect(await points()).toEqual([20]);
  });

  it('rejects another item, and sends the others', async () => {
    const key = randomUUID();
    await enroll([enrollment(ASHA, 10, key)]);
    const answer = await enroll([enrollment(ASHA, 11, key), enrollment(BEN, 20, randomUUID())]);
    expect(answer).toMatchObject({ status: 207, json: { summary: { updated: 1, rejected: 1 } } });
    expect(answer.json.outcomes[0]).toMatchObject({
      outcome: 'rejected',
      errors: [{ type: '/problems/idempotency-key-reused', status: 422 }],
    });
    expect(await points()).toEqual([10, 20]);
  });

  it('answers failed while another request holds it', async () => {
    const key = randomUUID();
    await enroll([enrollment(CARA, 0)]); // fetches the access token
    await sandbox.forgetCalls();
    await sandbox.fault({ kind: 'latency', ms: 400 });
    const first = enroll([enrollment(ASHA, 10, key)]);
    await sandbox.called();
    const second = await enroll([enrollment(ASHA, 10, key)]);
    expect(second.json.outcomes).toMatchObject([
      { outcome: 'failed', retryable: true, type: '/problems/idempotency-key-in-use', attempts: 0 },
    ]);
    expect(outcomes(await first)).toEqual(['updated']);
    expect(await points()).toEqual([10]);
  });

  it('answers unknown when a killed process may have credited its points', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const batch = [enrollment(ASHA, 10, one), enrollment(BEN, 0, two)];
    await enroll([enrollment(CARA, 0)]); // fetches the access token
    await sandbox.forgetCalls();
    await sandbox.fault({ kind: 'latency', ms: 400 });
    const lost = enroll(batch).catch(() => 'the process is gone');
    await sandbox.called();
    await service.stop('SIGKILL');
    expect(await lost).toBe('the process is gone');
    await service.start();

    let answer = await enroll(batch);
    for (let tries = 0; outcomes(answer).includes('failed') && tries < 40; tries += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one try after the other
      await pause(500);
      // oxlint-disable-next-line no-await-in-loop -- one try after the other
      answer = await enroll(batch);
    }
    expect(answer.json.outcomes).toMatchObject([
      { outcome: 'unknown', retryable: false, pointsCredited: 'unknown', creditId: expect.any(String) },
      { outcome: 'updated' },
    ]);
    const { json } = await service.send('GET', '/v1/loyalty/unknown-credits');
    expect(json.credits.map(({ id }: { id: string }) => id)).toEqual([answer.json.outcomes[0].creditId]);
    expect((await points()).length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['occurs twice', [enrollment(ASHA, 1, 'k'), enrollment(BEN, 1, 'k')], '/enrollments/1/idempotencyKey'],
    ['is empty', [enrollment(ASHA, 1, '')], '/enrollments/0/idempotencyKey'],
    ['is too long', [enrollment(ASHA, 1, 'k'.repeat(256))], '/enrollments/0/idempotencyKey'],
    ['is not ASCII', [enrollment(ASHA, 1, 'clé')], '/enrollments/0/idempotencyKey'],
    ['is not a string', [{ ...enrollment(ASHA, 1), idempotencyKey: 7 }], '/enrollments/0/idempotencyKey'],
  ])('is rejected when it %s', async (_case, batch, pointer) => {
    const answer = await enroll(batch);
    expect(answer).toMatchObject({ status: 400, json: { type: '/problems/invalid-request' } });
    expect(answer.json.errors).toMatchObject([{ pointer }]);
    expect(await points()).toEqual([]);
  });

  it('is required for each item with points, unless the batch has a key', async () => {
    const batch = [
      enrollment(ASHA, 10, randomUUID()),
      enrollment(BEN, 20),
      enrollment(CARA, 0),
      enrollment(ASHA, 30),
    ];
    const answer = await enroll(batch);
    expect(answer).toMatchObject({ status: 400, json: { type: '/problems/idempotency-key-required' } });
    expect(answer.json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/enrollments/1/idempotencyKey',
      '/enrollments/3/idempotencyKey',
    ]);
    expect((await enroll(batch, undefined, '?dryRun=true')).status).toBe(200);
    expect(await points()).toEqual([]);
    expect((await enroll(batch, randomUUID())).status).toBe(200);
  });

  it.each([
    [
      'POST',
      '/v1/customers/batch',
      'customers',
      { identifiers: ASHA, firstName: 'Asha', loyaltyType: 'loyalty' },
    ],
    ['PUT', '/v1/loyalty/membership/batch', 'memberships', { identifiers: ASHA, loyaltyType: 'loyalty' }],
    ['POST', '/v1/loyalty/enrollments/batch', 'enrollments', enrollment(ASHA, 5)],
    [
      'PUT',
      '/v1/hierarchy/associations/batch',
      'associations',
      { identifiers: ASHA, loyaltyType: 'loyalty', hierarchyCode: 'x' },
    ],
  ])('is accepted by %s %s', async (method, path, list, element) => {
    const body = { [list]: [{ ...element, idempotencyKey: randomUUID() }] };
    const first = await service.send(method, path, body);
    await sandbox.forgetCalls();
    const second = await service.send(method, path, body);
    expect(second.json.outcomes).toEqual([{ ...first.json.outcomes[0], replayed: true }]);
    expect(await customersSent()).toEqual([]);
  });

  it('is rejected in a single update', async () => {
    const answer = await service.send('PATCH', '/v1/customers', {
      identifiers: ASHA,
      loyaltyType: 'loyalty',
      idempotencyKey: 'k',
    });
    expect(answer.json.errors).toMatchObject([{ pointer: '/idempotencyKey' }]);
  });

  it('is stored for each of 1,000 items', async () => {
    await sandbox.set({ unknownCustomer: 'register' });
    // A busy machine may need longer for so many items than the deadline of the shared service.
    const patient = await startService(sandbox.url, {
      UPSTREAM_TIMEOUT_MS: '30000',
      REQUEST_DEADLINE_MS: '60000',
    });
    const batch = Array.from({ length: 1000 }, (_, index) => ({
      identifiers: [{ type: 'mobile', value: String(919_900_200_000 + index) }],
      loyaltyType: 'loyalty',
      idempotencyKey: randomUUID(),
    }));
    const send = (): Promise<Answer> =>
      patient.send('PUT', '/v1/loyalty/membership/batch', { memberships: batch });
    const first = await send();
    expect(first).toMatchObject({ status: 200, json: { summary: { updated: 1000 } } });
    await sandbox.forgetCalls();
    const second = await send();
    await patient.stop();
    expect(second.json.outcomes).toEqual(
      first.json.outcomes.map((outcome: object) => ({ ...outcome, replayed: true })),
    );
    expect(await customersSent()).toEqual([]);
  });
});
