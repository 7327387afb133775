import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codesIn, item, mobilesIn, runSandbox } from './run-sandbox.ts';
import type { RunningSandbox } from './run-sandbox.ts';
import type { JsonObject } from './shape.ts';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await runSandbox();
});
beforeEach(() => sandbox.admin('POST', '/reset'));
afterAll(() => sandbox.stop());

const mobile = (ending: string): JsonObject => ({ type: 'mobile', value: `9199000000${ending}` });
const withProfile = (profile: JsonObject): JsonObject =>
  item('01', { profiles: [{ identifiers: [mobile('01')], ...profile }] });
const named = (value: string): JsonObject => withProfile({ identifiers: [{ type: 'mobile', value }] });
const card = (more: JsonObject): JsonObject => ({ type: 'cardnumber', value: 'c-1', ...more });
const twoSeries = { seriesId: 1, seriesCode: 'a', statusLabel: 'ACTIVE' };
const nonLoyalty = { loyaltyType: 'non_loyalty' };
const enrolling = (more: JsonObject = {}): JsonObject =>
  item('01', { loyaltyProgramEnrollments: [{ programId: 2001, loyaltyPoints: 75, ...more }] });

async function customer(identifier: string): Promise<JsonObject | undefined> {
  return (await sandbox.list(`/customers?identifier=${identifier}`))[0];
}

describe('an item that succeeds', () => {
  it('changes the customer, and silently cuts long names', async () => {
    const profile = {
      firstName: 'A'.repeat(120),
      lastName: 'Rao',
      fields: { city: 'Pune' },
      source: 'INSTORE',
    };
    const { status, json } = await sandbox.put([
      { ...withProfile(profile), extendedFields: { dob: '1990-01-01' } },
    ]);
    expect(status).toBe(200);
    expect(codesIn(json, 'warnings')).toEqual([[]]);
    expect(await customer('mobile:919900000001')).toMatchObject({
      firstName: 'A'.repeat(100),
      fields: { city: 'Pune' },
      extendedFields: { dob: '1990-01-01' },
    });
  });

  it('is found by any identifier, within its source alone', async () => {
    const byEmail = withProfile({ identifiers: [{ type: 'email', value: 'ASHA.rao@example.com' }] });
    expect((await sandbox.put([byEmail])).status).toBe(200);
    expect(codesIn((await sandbox.put([byEmail], 'source=ECOMMERCE')).json, 'errors')).toEqual([[8015]]);
  });

  it('answers in the bare form, with identifiers in another order and sometimes a card', async () => {
    const identifiers = [mobile('01'), { type: 'externalId', value: 'EXT-1' }];
    const { json } = await sandbox.put([
      withProfile({ identifiers }),
      item('02', { loyaltyInfo: nonLoyalty }),
    ]);
    const results = json as JsonObject[];
    expect(results).toMatchObject([
      { loyaltyInfo: { loyaltyType: 'loyalty' }, segments: {}, errors: [{}] },
      {},
    ]);
    expect(results[0]).not.toHaveProperty('id');
    const [first, second] = results.map((result) => (result['profiles'] as JsonObject[])[0]?.['identifiers']);
    expect(first).toEqual([
      { type: 'cardnumber', value: expect.stringMatching(/^regcm\d{16}$/) },
      { type: 'externalId', value: 'EXT-1' },
      mobile('01'),
      { type: 'email', value: 'asha.rao@example.com' },
    ]);
    expect(second).toEqual([mobile('02')]);
  });

  it('answers in the entity form, or in both forms alternately', async () => {
    await sandbox.admin('PATCH', '/settings', { answerForm: 'entity' });
    expect((await sandbox.put([item('01')])).json).toMatchObject([
      { entity: { id: expect.any(Number), warnings: [] }, childEntities: [], childCount: 0 },
    ]);
    await sandbox.admin('PATCH', '/settings', { answerForm: 'mixed' });
    const mixed = (await sandbox.put([item('01'), item('03'), item('04')])).json as JsonObject[];
    expect(new Set(mixed.map((result) => 'entity' in result)).size).toBe(2);
    expect(mobilesIn(mixed)).toEqual(['919900000001', '919900000003', '919900000004']);
  });

  it('is the sample of the vendor', async () => {
    const sample = new URL('../test/samples/bulk-put-association.request.json', import.meta.url);
    const { status, json } = await sandbox.put(
      readFileSync(sample, 'utf8'),
      'source=WECHAT&accountId=WECHAT-CM',
    );
    expect(status).toBe(200);
    expect(json).toMatchObject([
      {
        associationDetails: {
          hierarchyCode: 'code-association2',
          parentCustomer: { profiles: [{ firstName: 'Jim' }] },
          fleetCompany: { externalId: 'ex917471000000' },
          childCustomer: false,
        },
        errors: [{}],
      },
    ]);
  });
});

describe('an item that fails', () => {
  it.each<[string, JsonObject, number]>([
    ['an unknown customer', item('99'), 8015],
    ['identifiers of two', withProfile({ identifiers: [mobile('01'), mobile('03')] }), 8007],
    ['loyalty to non-loyalty', item('01', { loyaltyInfo: nonLoyalty }), 1046],
    ['only an invalid mobile', withProfile({ identifiers: [{ type: 'mobile', value: '12' }] }), 8056],
    ['only an invalid e-mail', withProfile({ identifiers: [{ type: 'email', value: 'a' }] }), 8055],
    [
      'an unknown identifier type',
      withProfile({ identifiers: [mobile('01'), { type: 'x', value: 'y' }] }),
      8013,
    ],
    ['an unknown channel', withProfile({ commChannels: [{ type: 'pigeon', value: 'x' }] }), 8010],
    ['a field that is not enabled', withProfile({ fields: { shoe: '42' } }), 1017],
    ['an extended field that is not enabled', item('01', { extendedFields: { shoe: '42' } }), 1018],
    ['another source in the profile', withProfile({ source: 'WEBSITE' }), 8011],
    ['a card with no status', withProfile({ identifiers: [mobile('01'), card({ seriesId: 1 })] }), 1015],
    ['a card of two series', withProfile({ identifiers: [mobile('01'), card(twoSeries)] }), 1015],
    ['an unknown till', item('01', { associatedWith: 'unknown-till' }), 91020],
    ['a date with no offset', item('01', { createDate: '2021-01-01T00:00:00' }), 1034],
    ['a day that does not exist', item('01', { createDate: '2021-02-30T00:00:00+05:30' }), 1034],
    ['an unknown program', enrolling({ programId: 5 }), 1213],
    ['a tier too many', enrolling({ tierNumber: 5 }), 1020],
    ['an expiry in the past', enrolling({ tierExpiryDate: '2020-01-01T00:00:00+05:30' }), 1214],
    ['a tier expiry in another form', enrolling({ tierExpiryDate: '2040-01-01' }), 1216],
    ['a points expiry in another form', enrolling({ pointsExpiryDate: '2040-01-01T00:00:00Z' }), 1217],
    ['enrolling with no loyalty', { ...enrolling(), loyaltyInfo: nonLoyalty }, 1013],
  ])('is %s', async (_, sent, code) => {
    const { status, json } = await sandbox.put([item('04'), sent]);
    expect(status).toBe(201);
    const [first, second] = codesIn(json, 'errors');
    expect(first).toEqual([]);
    expect(second).toContain(code);
    expect((json as JsonObject[])[1]).toMatchObject({ profiles: sent['profiles'] });
    expect(await sandbox.list('/ledger')).toEqual([]);
  });

  it('includes one of a customer marked as fraud', async () => {
    await sandbox.admin('POST', '/customers', {
      source: 'INSTORE',
      identifiers: [mobile('03')],
      fraud: true,
    });
    expect(codesIn((await sandbox.put([item('03')])).json, 'errors')).toEqual([[618]]);
  });

  it('causes HTTP 500 where it is the only item, in one of two forms', async () => {
    const results = await sandbox.put([item('99')]);
    expect([results.status, codesIn(results.json, 'errors')]).toEqual([500, [[8015]]]);
    await sandbox.admin('PATCH', '/settings', { allFailedAs: '500-summary' });
    const sample = new URL('../test/samples/error-all-failed-500.response.json', import.meta.url);
    const summary = await sandbox.put([item('99')]);
    expect([summary.status, summary.json]).toEqual([500, JSON.parse(readFileSync(sample, 'utf8'))]);
  });

  it('has only its errors in the result where the settings say so', async () => {
    await sandbox.admin('PATCH', '/settings', { failedItemsEcho: false });
    const { json } = await sandbox.put([item('99'), item('01')]);
    expect((json as JsonObject[])[0]).toEqual({
      errors: [{ status: false, code: 8015, message: expect.any(String) }],
    });
  });
});

describe('an item with a warning', () => {
  it('is applied without what was invalid', async () => {
    const sent = withProfile({
      identifiers: [mobile('01'), { type: 'mobile', value: '12' }, { type: 'email', value: 'a' }],
      commChannels: [
        { type: 'mobile', value: 'x' },
        { type: 'email', value: 'x' },
        { type: 'mobilePush', value: 'p', primary: true, meta: { lastViewedDate: '2019-10-25' } },
      ],
    });
    const { status, json } = await sandbox.put([sent]);
    expect(status).toBe(200);
    expect(codesIn(json, 'warnings')).toEqual([[8056, 8055, 8058, 8057]]);
    const asha = await customer('mobile:919900000001');
    expect(asha?.['commChannels']).toEqual([expect.objectContaining({ type: 'mobilePush' })]);
    expect(JSON.stringify(asha?.['identifiers'])).not.toContain('"12"');
  });
});

describe('the crowd', () => {
  it('is known in INSTORE, from its first mobile to its last, and no mobile beside it', async () => {
    const mobiles = ['918800000000', '918899999999', '918799999999', '918900000000'];
    const { json } = await sandbox.put(mobiles.map(named));
    expect(codesIn(json, 'errors')).toEqual([[], [], [8015], [8015]]);
    const elsewhere = await sandbox.put([named('918800000001')], 'source=WECHAT&accountId=WECHAT-CM');
    expect(codesIn(elsewhere.json, 'errors')).toEqual([[8015]]);
  });

  it('has each customer once, however often it is named', async () => {
    await sandbox.put([named('918800000001')]);
    const [known] = await sandbox.list('/customers?identifier=mobile:918800000001');
    await sandbox.put([named('918800000001')]);
    const again = await sandbox.list('/customers?identifier=mobile:918800000001');
    expect(again.map(({ id }) => id)).toEqual([known?.['id']]);
  });
});

describe('settings', () => {
  it('register unknown customers, and enable other fields', async () => {
    await sandbox.admin('PATCH', '/settings', { unknownCustomer: 'register', enabledFields: ['shoe'] });
    const identifiers = [mobile('77'), card({ seriesCode: 'FleetCard1', statusLabel: 'ACTIVE' })];
    expect((await sandbox.put([withProfile({ identifiers, fields: { shoe: '42' } })])).status).toBe(200);
    expect(await customer('card:c-1')).toMatchObject({ loyaltyType: 'loyalty', fields: { shoe: '42' } });
  });
});

describe('points', () => {
  it('are credited each time they are sent, and an enrollment keeps its details', async () => {
    await sandbox.put([enrolling({ tierNumber: 2 })]);
    const { headers } = await sandbox.put([enrolling({ tierNumber: 3 })]);
    expect(await sandbox.list('/ledger')).toMatchObject([
      { programId: 2001, points: 75 },
      {
        callId: headers.get('x-cap-request-id'),
        source: 'INSTORE',
        accountId: null,
        programId: 2001,
        points: 75,
      },
    ]);
    expect(await customer('mobile:919900000001')).toMatchObject({
      enrollments: [{ tierNumber: 2, points: 150 }],
    });
    expect(await sandbox.admin('GET', '/state')).toMatchObject({ credits: 2, creditsTotal: 150 });
  });

  it('go to tier 234 of program 1016, as in the sample of the vendor', async () => {
    expect((await sandbox.put([enrolling({ programId: 1016, tierNumber: 234 })])).status).toBe(200);
  });
});

describe('customers that are running', () => {
  it('answer a second call with 521', async () => {
    await sandbox.admin('POST', '/faults', { kind: 'latency', ms: 300 });
    const first = sandbox.put([item('01')]);
    while ((await sandbox.list('/journal'))[0]?.['itemCount'] !== 1);
    const byEmail = withProfile({ identifiers: [{ type: 'email', value: 'asha.rao@example.com' }] });
    expect(codesIn((await sandbox.put([byEmail, item('04')])).json, 'errors')).toEqual([[521], []]);
    expect(await sandbox.admin('GET', '/state')).toMatchObject({ openCalls: 1, overlaps: 1 });
    expect((await first).status).toBe(200);
    expect((await sandbox.put([byEmail])).status).toBe(200);
  });

  it('answer their second item of one call with 521, or only count it', async () => {
    expect(codesIn((await sandbox.put([item('01'), item('01')])).json, 'errors')).toEqual([[], [521]]);
    await sandbox.admin('PATCH', '/settings', { overlap: 'allow' });
    expect((await sandbox.put([item('01'), item('01')])).status).toBe(200);
    expect(await sandbox.admin('GET', '/state')).toMatchObject({ overlaps: 2, openCalls: 0 });
  });
});
