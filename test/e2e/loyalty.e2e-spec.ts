import { describe, expect, it } from 'vitest';
import { type Answer } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(sandbox, {
  // idempotency.e2e-spec.ts tests keys.
  REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: 'false',
  UPSTREAM_TIMEOUT_MS: '500',
  REQUEST_DEADLINE_MS: '2500',
});

const ASHA = [{ type: 'mobile', value: '919900000001' }];
const BEN = [{ type: 'mobile', value: '919900000002' }];

const enrollment = (identifiers: object[], loyaltyPoints?: number, programId = 1016): object => ({
  identifiers,
  programs: [
    {
      programId,
      tierNumber: 2,
      tierExpiryDate: '2099-02-11T16:36:17+05:30',
      ...(loyaltyPoints !== undefined && { loyaltyPoints }),
      ...(loyaltyPoints && { pointsExpiryDate: '2099-02-11T16:36:17Z' }),
    },
  ],
});

const enroll = (body: object): Promise<Answer> => service.send('POST', '/v1/loyalty/enrollments', body);

describe('PUT /v1/loyalty/membership', () => {
  it('makes a customer a member', async () => {
    const answer = await service.send('PUT', '/v1/loyalty/membership', {
      identifiers: BEN,
      loyaltyType: 'loyalty',
    });

    expect(answer).toMatchObject({ status: 200, json: { outcome: 'updated' } });
    expect(answer.json).not.toHaveProperty('pointsCredited');
    expect(await sandbox.customer('mobile:919900000002')).toMatchObject({ loyaltyType: 'loyalty' });
  });

  it('explains that a member cannot stop being one', async () => {
    const answer = await service.send('PUT', '/v1/loyalty/membership', {
      identifiers: ASHA,
      loyaltyType: 'non_loyalty',
    });

    expect(answer).toMatchObject({
      status: 409,
      json: { type: '/problems/loyalty-downgrade', code: 1046, retryable: false },
    });
  });

  it('accepts many at once, each with its own outcome', async () => {
    const answer = await service.send('PUT', '/v1/loyalty/membership/batch', {
      memberships: [
        { identifiers: ASHA, loyaltyType: 'non_loyalty' },
        { identifiers: BEN, loyaltyType: 'loyalty' },
      ],
    });

    expect(answer.status).toBe(207);
    expect(answer.json.outcomes).toMatchObject([{ outcome: 'rejected' }, { outcome: 'updated' }]);
  });
});

describe('POST /v1/loyalty/enrollments', () => {
  it('enrolls with tier, points and dates, and credits the points once', async () => {
    const answer = await enroll(enrollment(ASHA, 75));

    expect(answer).toMatchObject({ status: 200, json: { outcome: 'updated', pointsCredited: 'yes' } });
    expect(await sandbox.points()).toEqual([75]);
    expect(await sandbox.customer('mobile:919900000001')).toMatchObject({
      enrollments: [{ programId: 1016, tierNumber: 2, tierExpiryDate: '2099-02-11T16:36:17+05:30' }],
    });
  });

  it.each([
    ['as a warning', { kind: 'item-warning', code: 19223, message: 'Points processing failed' }],
    ['as another warning', { kind: 'item-warning', code: 1090, message: 'Points processing failed' }],
  ])('never reports points in doubt as plain success: %s', async (_case, fault) => {
    await sandbox.fault(fault);

    const answer = await enroll(enrollment(ASHA, 75));

    expect(answer.status).toBe(207);
    expect(answer.json).toMatchObject({ outcome: 'updated', pointsCredited: 'unknown', attempts: 1 });
  });

  it.each([
    ['the connection breaks after the call was written', { kind: 'reset-after' }, 'connection lost', 1],
    ['the answer never comes', { kind: 'hang-after' }, 'no answer in time', 1],
    ['the answer is garbage', { kind: 'garbage' }, 'could not be read', 1],
    ['the answer has no result', { kind: 'drop-results', count: 1 }, 'provably belongs to this update', 1],
    ['the answer is about another customer', { kind: 'strangers' }, 'provably belongs to this update', 1],
    ['nothing was applied, without an answer', { kind: 'reset-before' }, 'connection lost', 0],
    [
      'the processing of points is an error',
      { kind: 'item-error', match: ASHA[0], code: 1087, message: 'Points processing failed' },
      'the processing of points failed',
      0,
    ],
    [
      'the vendor reports an internal failure',
      { kind: 'item-error', match: ASHA[0], code: 10002, message: 'update failed' },
      'a failure of its own',
      0,
    ],
  ])('does not send points again when %s', async (_case, fault, reason, credits) => {
    await sandbox.fault(fault);

    const answer = await enroll(enrollment(ASHA, 75));

    expect(answer).toMatchObject({
      status: 504,
      json: { outcome: 'unknown', pointsCredited: 'unknown', retryable: false, attempts: 2 },
    });
    expect(answer.json.reason).toContain(reason);
    expect(answer.json.reason).toContain('it was sent again without them, and that was applied');
    expect(answer.json.applied).toBe('all-but-points');
    const [, repeat] = await sandbox.calls('bulk');
    expect(JSON.stringify(repeat?.body)).toContain('programId');
    expect(JSON.stringify(repeat?.body)).not.toMatch(/loyaltyPoints|pointsExpiryDate/);
    expect(await sandbox.points()).toEqual(Array(credits).fill(75));
  });

  it.each([
    ['HTTP 503', { kind: 'vendor-error', status: 503, code: 503, message: 'try again' }],
    ["the edge's 521", { kind: 'edge-521' }],
    ['a busy customer', { kind: 'item-error', match: ASHA[0], code: 521, message: 'several actions' }],
    ['an expired token', { kind: 'expire-token' }],
  ])('sends points again after a failure that processed nothing: %s', async (_case, fault) => {
    await sandbox.fault(fault);

    expect((await enroll(enrollment(ASHA, 75))).json).toMatchObject({
      outcome: 'updated',
      pointsCredited: 'yes',
    });
    expect(await sandbox.points()).toEqual([75]);
  });

  it('repeats the updates of a lost call without their points', async () => {
    await sandbox.fault({ kind: 'reset-after' });

    const answer = await service.send('POST', '/v1/loyalty/enrollments/batch', {
      enrollments: [
        enrollment(ASHA, 75),
        enrollment(BEN),
        enrollment([{ type: 'mobile', value: '919900000003' }], 0),
      ],
    });

    expect(answer.status).toBe(207);
    expect(answer.json.outcomes).toMatchObject([
      { outcome: 'unknown', retryable: false, attempts: 2, applied: 'all-but-points' },
      { outcome: 'updated', attempts: 2 },
      { outcome: 'updated', attempts: 2 },
    ]);
    expect(await sandbox.points()).toEqual([75]);
    // The repeated updates become ready at the same time, but a busy machine may send them in several calls.
    const [first, ...again] = (await sandbox.calls('bulk')).map(({ itemCount }) => itemCount ?? 0);
    expect([first, again.reduce((sum, count) => sum + count, 0)]).toEqual([3, 3]);
  });

  it('credits each of many exactly once, also when one of them fails the whole call', async () => {
    await sandbox.fault({ kind: 'poison', match: { type: 'mobile', value: '919900000005' } });
    const enrollments = Array.from({ length: 10 }, (_, index) =>
      enrollment([{ type: 'mobile', value: String(919900000001 + index) }], 10 + index),
    );

    const answer = await service.send('POST', '/v1/loyalty/enrollments/batch', { enrollments });

    expect(answer.json.summary).toMatchObject({ updated: 9, rejected: 1 });
    expect(answer.json.outcomes[4]).toMatchObject({ outcome: 'rejected', pointsCredited: 'no' });
    expect((await sandbox.points()).toSorted((one, other) => one - other)).toEqual([
      10, 11, 12, 13, 15, 16, 17, 18, 19,
    ]);
  });

  it.each([
    ['a program that does not exist', enrollment(ASHA, undefined, 99), 422, 'program-invalid'],
    [
      'a tier that does not exist',
      { identifiers: ASHA, programs: [{ programId: 1017, tierNumber: 9 }] },
      422,
      'enrollment-refused',
    ],
    [
      'the same program twice',
      { identifiers: ASHA, programs: [{ programId: 1 }, { programId: 1 }] },
      400,
      'invalid-request',
    ],
    [
      'a date in the past',
      { identifiers: ASHA, programs: [{ programId: 1016, tierExpiryDate: '2001-01-01T00:00:00Z' }] },
      400,
      'invalid-request',
    ],
    [
      'an expiry of points without points',
      { identifiers: ASHA, programs: [{ programId: 1016, pointsExpiryDate: '2099-01-01T00:00:00Z' }] },
      400,
      'invalid-request',
    ],
  ])('rejects %s', async (_case, body, status, type) => {
    const answer = await enroll(body);

    expect(answer).toMatchObject({ status, json: { type: `/problems/${type}` } });
    expect(await sandbox.points()).toEqual([]);
  });

  it('lists in a dry run its calls and its doubts', async () => {
    const { json } = await service.send('POST', '/v1/loyalty/enrollments/batch?dryRun=true&onInvalid=skip', {
      enrollments: [{ nothing: 1 }, enrollment(ASHA, 75), enrollment(ASHA)],
    });

    expect(json).toMatchObject({ dryRun: true, callCount: 2, invalid: [{ index: 0 }] });
    expect(
      json.calls.map(({ updates, wave }: { updates: number[]; wave: number }) => [updates, wave]),
    ).toEqual([
      [[1], 0],
      [[2], 1],
    ]);
    const doubts = json.doubts.map(
      ({ index, message }: { index: number; message: string }) => `${index}: ${message}`,
    );
    expect(doubts).toContainEqual(expect.stringMatching(/^1: it credits points/));
    expect(doubts).toContainEqual(expect.stringMatching(/^2: it shares a customer/));
    expect(await sandbox.calls('bulk')).toHaveLength(0);
  });
});
