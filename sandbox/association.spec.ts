import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codesIn, item, mobilesIn, runSandbox, tillHeaders } from './run-sandbox.ts';
import type { Reply, RunningSandbox } from './run-sandbox.ts';
import type { JsonObject } from './shape.ts';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await runSandbox();
});
beforeEach(() => sandbox.admin('POST', '/reset'));
afterAll(() => sandbox.stop());

const person = (ending: string): JsonObject => ({ profiles: item(ending)['profiles'] });
const badPerson = { profiles: [{ identifiers: [{ type: 'mobile', value: '12' }] }] };
const associate = (ending: string, details: JsonObject): JsonObject =>
  item(ending, { associationDetails: { hierarchyCode: 'code-association2', roleCode: 'FA', ...details } });
const ownerOf = (...endings: string[]): JsonObject => ({
  childRoleCode: 'FC',
  childCustomers: endings.map(person),
});

async function codesOf(sent: JsonObject): Promise<unknown> {
  return codesIn((await sandbox.put([sent])).json, 'errors')[0];
}

function children(query: Record<string, string>): Promise<Reply> {
  const all = new URLSearchParams({
    source: 'INSTORE',
    associationEntityType: 'parentCustomer',
    associationEntityIdentifierType: 'mobile',
    ...query,
  });
  return sandbox.send('GET', `/v2/customers/bulk?${all.toString()}`, undefined, tillHeaders);
}

function mobilesBelow({ json }: Reply): unknown[] {
  const { customers } = (json as { entity: { customers: JsonObject[] } }).entity;
  return mobilesIn(customers);
}

describe('an association', () => {
  it('maps the customer, its parent and its children, and registers unknown ones', async () => {
    const sent = associate('05', {
      roleCode: 'FS',
      childRoleCode: 'FD',
      childCustomers: [person('06'), person('88')],
    });
    (sent['associationDetails'] as JsonObject)['parentCustomer'] = person('89');
    (sent['associationDetails'] as JsonObject)['fleetCompany'] = { externalId: 'ex917471949194' };
    await sandbox.admin('PATCH', '/settings', { answerForm: 'entity' });
    expect((await sandbox.put([sent])).json).toMatchObject([
      {
        entity: { associationDetails: { roleCode: 'FS', hierarchyId: 21, fleetCompany: { companyId: 71 } } },
        childEntities: [{ associationDetails: { roleCode: 'FD' } }, { id: expect.any(Number) }],
        childCount: 2,
        childFailureCount: 0,
        childSuccessCount: 2,
      },
    ]);
    const [parent] = await sandbox.list('/customers?identifier=mobile:919900000089');
    expect(parent).toMatchObject({ association: { roleCode: 'FA' }, childIds: [expect.any(Number)] });
  });

  it.each<[string, JsonObject, number]>([
    ['an unknown hierarchy', { hierarchyCode: 'nothing' }, 1609],
    ['an inactive hierarchy', { hierarchyCode: 'code-inactive' }, 1610],
    ['an unknown role', { roleCode: 'XX' }, 1607],
    [
      'a child role that is not below',
      { roleCode: 'FC', childRoleCode: 'FA', childCustomers: [person('06')] },
      1615,
    ],
    ['children with no role', { childCustomers: [person('06')] }, 1615],
    ['an unknown company', { fleetCompany: { externalId: 'nothing' } }, 1703],
    ['an inactive company', { fleetCompany: { externalId: 'ex-inactive' } }, 1705],
    ['its own parent', { parentCustomer: person('05') }, 1608],
  ])('is refused with %s', async (_, details, code) => {
    expect(await codesOf(associate('05', details))).toEqual([code]);
  });

  it('is refused when it closes a cycle', async () => {
    expect(await codesOf(associate('05', { parentCustomer: person('06') }))).toEqual([]);
    expect(await codesOf(associate('06', { parentCustomer: person('07') }))).toEqual([]);
    expect(await codesOf(associate('07', { parentCustomer: person('05') }))).toEqual([1608]);
  });

  it('is refused to a customer that is mapped to another hierarchy', async () => {
    await sandbox.put([associate('05', {})]);
    expect(await codesOf(associate('05', { hierarchyCode: 'code-other' }))).toEqual([1626]);
  });

  it('is refused beyond the most children of a role', async () => {
    await sandbox.admin('PATCH', '/settings', { maxChild: 2 });
    expect(await codesOf(associate('05', ownerOf('06', '07')))).toEqual([]);
    expect(await codesOf(associate('05', ownerOf('06', '07')))).toEqual([]);
    expect(await codesOf(associate('05', ownerOf('08')))).toEqual([1605]);
    expect(await codesOf(associate('08', { roleCode: 'FC', parentCustomer: person('05') }))).toEqual([1605]);
  });

  it('reports the failure of a child in either form, and continues with the others', async () => {
    const sent = associate('05', {
      childRoleCode: 'FC',
      childCustomers: [badPerson, person('06'), person('05')],
    });
    const bare = await sandbox.put([sent]);
    expect(bare.status).toBe(200);
    expect(bare.json).toMatchObject([
      {
        errors: [{}],
        associationDetails: {
          childCustomers: [{ errors: [{ code: 8056 }] }, {}, { errors: [{ code: 1608 }] }],
        },
      },
    ]);
    await sandbox.admin('PATCH', '/settings', { answerForm: 'entity' });
    expect((await sandbox.put([sent])).json).toMatchObject([
      { childEntities: [{ errors: [{ code: 8056 }] }, {}, {}], childFailureCount: 2, childSuccessCount: 1 },
    ]);
  });

  it('allows items of one call to name the same parent, but not to change it', async () => {
    const drivers = ['06', '07'].map((ending) =>
      associate(ending, { roleCode: 'FC', parentCustomer: person('05') }),
    );
    const { json } = await sandbox.put([...drivers, item('05'), item('08')]);
    expect(codesIn(json, 'errors')).toEqual([[], [], [521], []]);
  });
});

describe('the list of children', () => {
  beforeEach(() => sandbox.put([associate('05', { ...ownerOf('06', '07', '08'), ...ofCompany })]));
  const ofCompany = { fleetCompany: { externalId: 'ex917471000000' } };

  it('is sorted and paged', async () => {
    const below = { associationEntityIdentifierValue: '919900000005' };
    const all = await children(below);
    expect(all.json).toMatchObject({
      entity: { count: 3, errors: [], warnings: [] },
      success: true,
      errors: [],
    });
    expect(mobilesBelow(all)).toEqual(['919900000008', '919900000007', '919900000006']);
    const page = await children({ ...below, sortBy: 'createdon', sortOrder: 'ASC', limit: '2', offset: '1' });
    expect(mobilesBelow(page)).toEqual(['919900000007', '919900000008']);
  });

  it('has associations and counts of grandchildren on request', async () => {
    const asked = { includeNoOfChildren: 'true', includeCustomerAssociateDetail: 'true' };
    const below = { associationEntityIdentifierValue: '919900000005', limit: '1', ...asked };
    expect((await children(below)).json).toMatchObject({
      entity: {
        customers: [{ noOfChildren: 0, associationDetails: { roleCode: 'FC', childCustomer: true } }],
      },
    });
  });

  it('covers a company', async () => {
    const company = { associationEntityType: 'company', associationEntityIdentifierType: 'externalId' };
    const reply = await children({ ...company, associationEntityIdentifierValue: 'ex917471000000' });
    expect(reply.json).toMatchObject({ entity: { count: 4 } });
  });

  it.each([
    ['an unknown parent', { associationEntityIdentifierValue: '1' }, 8015],
    ['no value', {}, 400],
    ['a limit of none', { associationEntityIdentifierValue: '919900000005', limit: '0' }, 400],
    ['another sorting', { associationEntityIdentifierValue: '919900000005', sortBy: 'name' }, 400],
    ['another entity', { associationEntityIdentifierValue: '1', associationEntityType: 'x' }, 400],
    ['no account', { source: 'LINE' }, 8011],
  ])('is refused with %s', async (_, query, code) => {
    const { status, json } = await children(query);
    expect(status).toBe(400);
    expect(json).toMatchObject({ errors: [{ status: false, code }], success: false });
  });
});
