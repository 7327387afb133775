import { describe, expect, it } from 'vitest';
import { type Answer, startService } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(sandbox, {
  UPSTREAM_TIMEOUT_MS: '500',
  REQUEST_DEADLINE_MS: '2500',
});

const customer = (last: number): { identifiers: { type: string; value: string }[] } => ({
  identifiers: [{ type: 'mobile', value: String(919900000000 + last) }],
});

const association = (last: number, differences: object = {}): object => ({
  ...customer(last),
  loyaltyType: 'loyalty',
  hierarchyCode: 'code-association2',
  roleCode: 'FA',
  ...differences,
});

const withDrivers = (...drivers: number[]): object => ({
  childRoleCode: 'FC',
  childCustomers: drivers.map(customer),
  fleetCompany: { externalId: 'ex917471000000' },
});

const associate = (body: object, query = ''): Promise<Answer> =>
  service.send('PUT', `/v1/hierarchy/associations${query}`, body);
const search = (body: object): Promise<Answer> => service.send('POST', '/v1/hierarchy/children/search', body);
const mobiles = (answer: Answer): string[] =>
  answer.json.customers.map(
    ({ identifiers }: { identifiers: { type: string; value: string }[] }) =>
      identifiers.find(({ type }) => type === 'mobile')?.value,
  );

describe('PUT /v1/hierarchy/associations', () => {
  it.each(['bare', 'entity'])(
    'puts two drivers below an owner, and reports the outcome of each: %s',
    async (answerForm) => {
      await sandbox.set({ answerForm });

      const answer = await associate(association(5, withDrivers(6, 7)));

      expect(answer).toMatchObject({ status: 200, json: { outcome: 'updated' } });
      expect(answer.json.children).toMatchObject([
        { index: 0, outcome: 'updated' },
        { index: 1, outcome: 'updated' },
      ]);
      expect(answer.json.children[1].identifiers).toContainEqual({ type: 'mobile', value: '919900000007' });
      expect(await sandbox.customer('mobile:919900000006')).toMatchObject({
        association: {
          hierarchyCode: 'code-association2',
          roleCode: 'FC',
          companyExternalId: 'ex917471000000',
        },
      });
    },
  );

  it.each(['bare', 'entity'])('answers 207 and names the child that failed: %s', async (answerForm) => {
    await sandbox.set({ answerForm });
    await associate(association(7, { hierarchyCode: 'code-other' }));

    const answer = await associate(association(5, withDrivers(6, 7, 8)));

    expect(answer.status).toBe(207);
    expect(answer.json.children).toMatchObject([
      { outcome: 'updated' },
      { index: 1, outcome: 'rejected', errors: [{ code: 1626, type: '/problems/hierarchy-conflict' }] },
      { outcome: 'updated' },
    ]);
  });

  it.each([
    ['a role that the hierarchy does not have', { roleCode: 'PILOT' }, 422, 'role-invalid'],
    ['an unknown hierarchy', { hierarchyCode: 'nothing' }, 422, 'hierarchy-invalid'],
    ['a hierarchy that is inactive', { hierarchyCode: 'code-inactive' }, 409, 'hierarchy-inactive'],
    ['an unknown fleet company', { fleetCompany: { externalId: 'nothing' } }, 422, 'company-invalid'],
    ['a customer below itself', { parentCustomer: customer(5) }, 400, 'invalid-request'],
    ['a customer among its own children', withDrivers(5), 400, 'invalid-request'],
    ['a child twice', withDrivers(6, 6), 400, 'invalid-request'],
    [
      'parent and children together',
      { ...withDrivers(6), parentCustomer: customer(7) },
      400,
      'invalid-request',
    ],
  ])('rejects an association with %s', async (_case, differences, status, type) => {
    expect(await associate(association(5, differences))).toMatchObject({
      status,
      json: { type: `/problems/${type}` },
    });
  });

  it('explains a cycle that only the vendor can see', async () => {
    expect((await associate(association(11, { parentCustomer: customer(12) }))).status).toBe(200);

    expect(await associate(association(12, { parentCustomer: customer(11) }))).toMatchObject({
      status: 409,
      json: { type: '/problems/hierarchy-cycle', code: 1608 },
    });
  });

  it('sends the drivers of one owner in one call, in order, and the owner in another', async () => {
    const below = (last: number): object =>
      association(last, { roleCode: 'FC', parentCustomer: customer(5) });

    const answer = await service.send('PUT', '/v1/hierarchy/associations/batch', {
      associations: [below(6), below(7), association(5), below(8)],
    });

    expect(answer.json.summary).toMatchObject({ total: 4, updated: 4 });
    expect((await sandbox.calls('bulk')).map(({ itemCount }) => itemCount)).toEqual([2, 1, 1]);
  });

  it('keeps associations in calls of at most UPSTREAM_MAX_BATCH_ASSOCIATIONS', async () => {
    const alone = await startService(sandbox.url, { UPSTREAM_MAX_BATCH_ASSOCIATIONS: '1' });

    const answer = await alone.send('PUT', '/v1/hierarchy/associations/batch', {
      associations: [association(5), association(6)],
    });

    expect(answer.json.summary.updated).toBe(2);
    expect((await sandbox.calls('bulk')).map(({ itemCount }) => itemCount)).toEqual([1, 1]);
    await alone.stop();
  });

  it('returns with dryRun exactly the call that is sent without it', async () => {
    const body = association(5, withDrivers(6, 7));
    const planned = await associate(body, '?dryRun=true');
    await associate(body);

    const [call] = await sandbox.calls('bulk');
    expect(JSON.stringify(planned.json.calls[0].body)).toBe(JSON.stringify(call?.body));
    expect(planned.json.doubts).toMatchObject([
      { index: 0, message: expect.stringMatching(/registers/) as string },
    ]);
  });
});

describe('POST /v1/hierarchy/children/search', () => {
  it('lists the drivers of an owner, page by page', async () => {
    await associate(association(5, withDrivers(6, 7, 8)));
    const parent = { identifier: { type: 'mobile', value: '919900000005' } };

    const first = await search({ parent, limit: 2, sortOrder: 'ASC' });
    expect(first.json.next).toEqual({ offset: 2, limit: 2 });
    const second = await search({ parent, ...first.json.next, sortOrder: 'ASC' });
    expect(second.json).not.toHaveProperty('next');
    expect([...mobiles(first), ...mobiles(second)].toSorted()).toEqual([
      '919900000006',
      '919900000007',
      '919900000008',
    ]);
  });

  it('sends the vendor every parameter of docs/vendor-contract.md section 7', async () => {
    await associate(association(5, withDrivers(6)));

    const answer = await search({
      company: { externalId: 'ex917471000000' },
      limit: 5,
      offset: 0,
      sortBy: 'lastUpdatedOn',
      sortOrder: 'DESC',
      includeNoOfChildren: true,
      includeCustomerAssociateDetail: true,
    });

    expect((await sandbox.calls('children'))[0]?.query).toEqual({
      source: 'INSTORE',
      associationEntityType: 'company',
      associationEntityIdentifierType: 'externalId',
      associationEntityIdentifierValue: 'ex917471000000',
      limit: '5',
      offset: '0',
      sortBy: 'lastUpdatedOn',
      sortOrder: 'DESC',
      includeNoOfChildren: 'true',
      includeCustomerAssociateDetail: 'true',
    });
    const owner = answer.json.customers.find(
      ({ noOfChildren }: { noOfChildren: number }) => noOfChildren === 1,
    );
    expect(owner).toMatchObject({ association: { hierarchyCode: 'code-association2', roleCode: 'FA' } });
  });

  it.each([
    ['a reset', { kind: 'reset-before' }],
    ['a hang', { kind: 'hang' }],
    ['HTML', { kind: 'html', status: 200 }],
    ['an internal failure', { kind: 'vendor-error', status: 500, code: 500, message: 'failed' }],
    ['an expired token', { kind: 'expire-token' }],
  ])('is retried after %s', async (_case, fault) => {
    await associate(association(5, withDrivers(6)));
    await sandbox.fault({ ...fault, on: 'children' });

    const answer = await search({ parent: { identifier: { type: 'mobile', value: '919900000005' } } });

    expect(answer.status).toBe(200);
    expect(mobiles(answer)).toEqual(['919900000006']);
  });

  it.each([
    [
      'an unknown parent',
      { parent: { identifier: { type: 'mobile', value: '910000000000' } } },
      404,
      'customer-not-found',
    ],
    ['an unknown company', { company: { externalId: 'nothing' } }, 422, 'company-invalid'],
    ['neither a parent nor a company', {}, 400, 'invalid-request'],
    [
      'a parent and a company',
      { parent: { identifier: { type: 'mobile', value: '919900000005' } }, company: { externalId: 'a' } },
      400,
      'invalid-request',
    ],
    ['a page of 101', { company: { externalId: 'a' }, limit: 101 }, 400, 'invalid-request'],
  ])('rejects a search for %s', async (_case, body, status, type) => {
    expect(await search(body)).toMatchObject({ status, json: { type: `/problems/${type}` } });
  });

  it('answers 503 while the vendor is unreachable', async () => {
    await sandbox.fault({ kind: 'hang', on: 'children', times: -1 });

    expect(await search({ company: { externalId: 'ex917471000000' } })).toMatchObject({
      status: 503,
      json: { type: '/problems/upstream-unavailable', retryable: true },
    });
  });
});
