import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeKey } from '../../src/security/api-key.js';
import type { Scope } from '../../src/security/scopes.js';
import { NDJSON, importsOf } from '../harness/imports.js';
import { type Answer, keyRecord } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const [daily, changing] = [makeKey(), makeKey()];
const WRITES = ['customers:write', 'loyalty:write', 'hierarchy:write'] as const;
const lacking = WRITES.map((scope) => ({ scope, key: makeKey() }));
const alone = WRITES.map((scope) => ({ scope, key: makeKey() }));
const keyWithout = (scope: Scope): string => lacking.find((one) => one.scope === scope)?.key ?? '';

const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(sandbox, { UPSTREAM_TIMEOUT_MS: '500', REQUEST_DEADLINE_MS: '2500' }, [
  ...lacking.map(({ scope, key }) =>
    keyRecord(key, {
      name: `without-${scope.split(':')[0]}`,
      scopes: [...WRITES.filter((one) => one !== scope), 'imports:write', 'imports:read', 'ops:write'],
    }),
  ),
  ...alone.map(({ scope, key }) => keyRecord(key, { name: `only-${scope.split(':')[0]}`, scopes: [scope] })),
  keyRecord(daily, { name: 'daily', maxPointsPerDay: 100 }),
  keyRecord(changing, { name: 'changing', maxPointsPerEnrollment: 74, programs: [1016] }),
]);
const { upload, ended, results } = importsOf(() => service);

const ASHA = '919900000001';
const OWNER = '919900000005';
const customer = (mobile: string): object => ({
  identifiers: [{ type: 'mobile', value: mobile }],
  loyaltyType: 'loyalty',
});
const BELOW_OWNER = {
  hierarchyCode: 'code-association2',
  roleCode: 'FC',
  parentCustomer: { identifiers: [{ type: 'mobile', value: OWNER }] },
};
const NO_SUCH_ROLE = { hierarchyCode: 'code-association2', roleCode: 'PILOT' };
const points = (loyaltyPoints: number, programId = 1016): object[] => [{ programId, loyaltyPoints }];
const whole = (mobile = ASHA, differences: object = {}): object => ({
  ...customer(mobile),
  firstName: 'Asha Devi',
  programs: points(75),
  association: BELOW_OWNER,
  ...differences,
});

const send = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  service.send('POST', path, body, { 'Idempotency-Key': randomUUID(), ...headers });
const as = (key: string): Record<string, string> => ({ Authorization: `Bearer ${key}` });
const update = (body: unknown, headers?: Record<string, string>): Promise<Answer> =>
  send('/v1/updates', body, headers);

async function expectNothingSent(): Promise<void> {
  expect(await sandbox.calls('bulk')).toEqual([]);
  expect(await sandbox.ledger()).toEqual([]);
}

describe('POST /v1/updates', () => {
  it('changes profile, programs and association with one call, and credits the points once', async () => {
    const answer = await update(whole());

    expect(answer).toMatchObject({
      status: 200,
      json: { outcome: 'updated', pointsCredited: 'yes', attempts: 1 },
    });
    expect(await sandbox.calls('bulk')).toHaveLength(1);
    expect(await sandbox.points()).toEqual([75]);
    const owner = await sandbox.customer(`mobile:${OWNER}`);
    expect(await sandbox.customer(`mobile:${ASHA}`)).toMatchObject({
      firstName: 'Asha Devi',
      enrollments: [{ programId: 1016 }],
      association: { roleCode: 'FC', parentId: owner?.['id'] },
    });
  });

  it('is the same as PATCH /v1/customers where the body has only the profile', async () => {
    const body = { ...customer(ASHA), firstName: 'Asha Devi' };
    const dryRuns = await Promise.all([
      service.send('POST', '/v1/updates?dryRun=true', body),
      service.send('PATCH', '/v1/customers?dryRun=true', body),
    ]);
    expect(dryRuns[0].status).toBe(200);
    expect(dryRuns[0].json).toEqual(dryRuns[1].json);
    // Without points it needs no key.
    expect((await service.send('POST', '/v1/updates', body)).status).toBe(200);
  });

  it('plans one call in a dry run, and sends nothing', async () => {
    const { status, json } = await service.send('POST', '/v1/updates?dryRun=true', whole());

    expect([status, json.callCount]).toEqual([200, 1]);
    expect(json.calls[0].body).toMatchObject([
      { profiles: [{ firstName: 'Asha Devi' }], loyaltyProgramEnrollments: [{}], associationDetails: {} },
    ]);
    expect(json.doubts.map(({ message }: { message: string }) => message)).toContain(
      'the vendor refuses the whole update if it refuses a part of it',
    );
    await expectNothingSent();
  });

  it('repeats everything but the points after a lost answer', async () => {
    await sandbox.fault({ kind: 'reset-before' });

    const answer = await update(whole());

    expect(answer).toMatchObject({
      status: 504,
      json: { outcome: 'unknown', applied: 'all-but-points', pointsCredited: 'unknown', retryable: false },
    });
    expect(await sandbox.points()).toEqual([]);
    expect(await sandbox.customer(`mobile:${ASHA}`)).toMatchObject({
      firstName: 'Asha Devi',
      enrollments: [{ programId: 1016 }],
      association: { roleCode: 'FC' },
    });

    const { creditId } = answer.json;
    const resolution = { resolution: 'not-applied', note: 'missing in the ledger' };
    const path = `/v1/loyalty/unknown-credits/${creditId}/resolve`;
    const refused = await send(path, resolution, as(keyWithout('hierarchy:write')));
    expect(refused).toMatchObject({
      status: 403,
      json: { errors: [{ message: 'the part association needs the scope hierarchy:write' }] },
    });
    expect(await sandbox.points()).toEqual([]);
    expect(await send(path, resolution)).toMatchObject({
      status: 200,
      json: { outcome: { outcome: 'updated' } },
    });
    expect(await sandbox.points()).toEqual([75]);
  });

  it('replays its answer under its key', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await update(whole(), headers);
    const second = await update(whole(), headers);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.text).toBe(first.text);
    expect(await sandbox.points()).toEqual([75]);
    expect(await update(whole(ASHA, { association: undefined }), headers)).toMatchObject({
      status: 422,
      json: { type: '/problems/idempotency-key-reused' },
    });
  });

  it('refuses points without a key', async () => {
    const answer = await service.send('POST', '/v1/updates', whole());
    expect(answer).toMatchObject({ status: 400, json: { type: '/problems/idempotency-key-required' } });
    await expectNothingSent();
  });

  it.each([
    ['the points of an enrollment', whole(), '/programs/0/loyaltyPoints'],
    ['the programs', whole(ASHA, { programs: points(1, 1017) }), '/programs/0/programId'],
  ])('is refused beyond the bounds of a key: %s', async (_bound, body, pointer) => {
    expect(await update(body, as(changing))).toMatchObject({
      status: 403,
      json: { type: '/problems/out-of-bounds', errors: [{ pointer }] },
    });
    await expectNothingSent();
  });

  it('counts its points on the day of a key', async () => {
    expect((await update(whole(), as(daily))).status).toBe(200);
    expect(await update(whole(), as(daily))).toMatchObject({
      status: 403,
      json: { type: '/problems/points-limit', pointsLeft: 25 },
    });
    expect(await sandbox.points()).toEqual([75]);
  });
});

describe('the scopes of an update of everything', () => {
  const PARTS = [
    ['customers:write', 'profile', ''],
    ['loyalty:write', 'programs', '/programs'],
    ['hierarchy:write', 'association', '/association'],
  ] as const;

  it.each(PARTS)('are one for each part: %s', async (scope, part, pointer) => {
    const error = { code: 'not-allowed', message: `the part ${part} needs the scope ${scope}` };
    for (const path of ['/v1/updates', '/v1/updates?dryRun=true']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await send(path, whole(), as(keyWithout(scope)));
      expect(answer).toMatchObject({
        status: 403,
        json: { type: '/problems/insufficient-scope', errors: [{ ...error, pointer }] },
      });
      expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    }
    const batch = await send(
      '/v1/updates/batch',
      { updates: [customer(ASHA), whole()] },
      as(keyWithout(scope)),
    );
    expect(batch).toMatchObject({ status: 403, json: { type: '/problems/insufficient-scope' } });
    expect(batch.json.errors).toContainEqual({ ...error, pointer: `/updates/1${pointer}` });
    await expectNothingSent();
  });

  it.each([
    ['loyalty:write', { ...customer(ASHA), programs: [{ programId: 1016 }] }],
    ['hierarchy:write', { ...customer(ASHA), association: BELOW_OWNER }],
    ['customers:write', { ...customer(ASHA), firstName: 'Asha Devi' }],
  ] as const)('are only those of the parts that are used: %s', async (scope, body) => {
    const key = alone.find((one) => one.scope === scope)?.key ?? '';
    expect((await update(body, as(key))).status).toBe(200);
  });

  it('are checked item by item in a batch', async () => {
    const updates = [
      { ...whole(), idempotencyKey: randomUUID() },
      { ...customer('919900000002'), programs: [{ programId: 1017 }] },
    ];
    const answer = await send(
      '/v1/updates/batch?onInvalid=skip',
      { updates },
      as(keyWithout('hierarchy:write')),
    );
    expect(answer.status).toBe(207);
    expect(answer.json.outcomes).toMatchObject([
      {
        outcome: 'rejected',
        attempts: 0,
        errors: [{ type: '/problems/insufficient-scope', status: 403, pointer: '/updates/0/association' }],
      },
      { outcome: 'updated' },
    ]);
    expect(await sandbox.points()).toEqual([]);
  });
});

describe('a part that the vendor rejects', () => {
  const REJECTED: [part: string | undefined, code: number, differences: object][] = [
    ['programs', 1213, { programs: points(75, 999_999) }],
    ['programs', 1020, { programs: [{ programId: 1017, tierNumber: 9, loyaltyPoints: 75 }] }],
    ['association', 1607, { association: NO_SUCH_ROLE }],
    ['association', 1609, { association: { ...NO_SUCH_ROLE, hierarchyCode: 'none' } }],
    ['profile', 91020, { associatedWith: 'unknown-till' }],
    ['profile', 8015, { identifiers: [{ type: 'mobile', value: '910000000000' }], association: undefined }],
    [undefined, 8015, { identifiers: [{ type: 'mobile', value: '910000000000' }] }],
  ];

  it.each(REJECTED)(
    'is named where its code proves it, and nothing is applied: %s, %i',
    async (part, code, differences) => {
      const body = whole(ASHA, differences);
      const one = await update(body);
      const many = await send('/v1/updates/batch', { updates: [body, { ...customer('919900000002') }] });

      expect(one.json).toMatchObject({ outcome: 'rejected', code, pointsCredited: 'no' });
      expect(many.status).toBe(207);
      for (const errors of [one.json.errors, many.json.outcomes[0].errors]) {
        expect(errors.map((error: { code: number; part?: string }) => [error.code, error.part])).toEqual([
          [code, part],
        ]);
      }
      expect(many.json.outcomes[1]).toMatchObject({ outcome: 'updated' });
      expect(await sandbox.points()).toEqual([]);
      expect(await sandbox.customer(`mobile:${ASHA}`)).toMatchObject({
        firstName: 'Asha',
        association: null,
      });
    },
  );

  it('is not named in updates that have no parts', async () => {
    const { json } = await send('/v1/loyalty/enrollments', {
      identifiers: [{ type: 'mobile', value: ASHA }],
      programs: points(75, 999_999),
    });
    expect(json.errors).toMatchObject([{ code: 1213 }]);
    expect(json.errors[0]).not.toHaveProperty('part');
  });
});

describe('POST /v1/updates/batch', () => {
  it('updates customers of all shapes, each with its own outcome and its own key', async () => {
    const updates = [
      { ...whole(), idempotencyKey: randomUUID() },
      { ...customer('919900000002'), firstName: 'Benjamin' },
      { ...whole('919900000003', { association: NO_SUCH_ROLE }), idempotencyKey: randomUUID() },
      { ...customer('919900000004'), programs: points(10), idempotencyKey: randomUUID() },
    ];
    const first = await send('/v1/updates/batch', { updates });
    expect(first.status).toBe(207);
    expect(first.json.outcomes).toMatchObject([
      { outcome: 'updated', pointsCredited: 'yes' },
      { outcome: 'updated' },
      { outcome: 'rejected', errors: [{ code: 1607, part: 'association' }] },
      { outcome: 'updated', pointsCredited: 'yes' },
    ]);
    await send('/v1/updates/batch', { updates });
    expect((await sandbox.points()).toSorted((one, other) => one - other)).toEqual([10, 75]);
  });

  it('refuses points of an item without a key, and names the item', async () => {
    const updates = [customer('919900000002'), whole()];
    const answer = await service.send('POST', '/v1/updates/batch', { updates });
    expect(answer).toMatchObject({
      status: 400,
      json: {
        type: '/problems/idempotency-key-required',
        errors: [{ pointer: '/updates/1/idempotencyKey' }],
      },
    });
    await expectNothingSent();
  });
});

const CSV = [
  'identifiers.mobile,firstName,loyaltyType,programs.0.programId,programs.0.loyaltyPoints,association.hierarchyCode,association.roleCode,association.parentCustomer.identifiers.mobile',
  `${ASHA},Asha Devi,loyalty,1016,75,code-association2,FC,${OWNER}`,
  '919900000002,Benjamin,loyalty,,,,,',
  '919900000003,Chiara,loyalty,1016,5,code-association2,PILOT,',
].join('\n');
const LINES = [
  whole(),
  { ...customer('919900000002'), firstName: 'Benjamin' },
  whole('919900000003', { firstName: 'Chiara', programs: points(5), association: NO_SUCH_ROLE }),
]
  .map((line) => JSON.stringify(line))
  .join('\n');

describe('an import of updates of everything', () => {
  it.each([
    ['CSV', CSV, 'text/csv'],
    ['NDJSON', LINES, NDJSON],
  ])('takes %s, and reports each line with its part', async (_form, body, type) => {
    const query = 'kind=updates&onInvalid=skip';
    const plan = await upload(`${query}&dryRun=true`, body, type);
    expect(plan.json).toMatchObject({
      lines: body === CSV ? 4 : 3,
      valid: 3,
      invalid: 0,
      points: 80,
      calls: 2,
    });
    const withoutKey = await upload(query, body, type);
    expect(withoutKey.json).toMatchObject({ type: '/problems/idempotency-key-required' });

    const accepted = await upload(query, body, type, { 'Idempotency-Key': randomUUID() });
    expect(accepted).toMatchObject({ status: 202, json: { kind: 'updates' } });
    await ended(accepted.json.id);

    expect(await results(accepted.json.id)).toMatchObject([
      { outcome: 'updated', pointsCredited: 'yes' },
      { outcome: 'updated' },
      { outcome: 'rejected', errors: [{ code: 1607, part: 'association' }] },
    ]);
    expect(await sandbox.points()).toEqual([75]);
    expect(await sandbox.customer(`mobile:${ASHA}`)).toMatchObject({
      firstName: 'Asha Devi',
      enrollments: [{ programId: 1016 }],
      association: { roleCode: 'FC' },
    });
    expect(await sandbox.customer('mobile:919900000002')).toMatchObject({ firstName: 'Benjamin' });
  });

  it('checks the scopes line by line', async () => {
    const authorized = { ...as(keyWithout('hierarchy:write')), 'Idempotency-Key': randomUUID() };
    const accepted = await upload('kind=updates&onInvalid=skip', LINES, NDJSON, authorized);
    expect(accepted).toMatchObject({ status: 202, json: { total: 3, invalid: 2 } });
    await ended(accepted.json.id);
    expect(await results(accepted.json.id)).toMatchObject([
      {
        outcome: 'rejected',
        errors: [
          {
            pointer: '/association',
            message: 'the part association needs the scope hierarchy:write',
            status: 403,
          },
        ],
      },
      { outcome: 'updated' },
      { outcome: 'rejected', errors: [{ type: '/problems/insufficient-scope' }] },
    ]);
    expect(await sandbox.points()).toEqual([]);
  });
});
