import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { FIELD_TABLE } from '../../tools/documents/field-table.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox();
beforeAll(() => sandbox.set({ unknownCustomer: 'register' }));
const service = useService(sandbox, { REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: 'false' });

/** How many random requests of each kind are sent; `CONTRACT_RUNS=1000` is the long form. */
const RUNS = Number(process.env['CONTRACT_RUNS'] ?? 300);

const MOBILE = { type: 'mobile', value: '919900000001' };
const CUSTOMER = { identifiers: [MOBILE], loyaltyType: 'loyalty' };
const CARD = { number: 'card-1', seriesCode: 'S', statusLabel: 'ACTIVE' };
const ASSOCIATION = { ...CUSTOMER, hierarchyCode: 'code-association2', roleCode: 'FA' };
const LATER = '2099-02-11T16:36:17+05:30';
const RELATIVE = { identifiers: [{ type: 'mobile', value: '919900000002' }], firstName: 'Jim' };

const customers = ['PATCH', '/v1/customers'] as const;
const enrollments = ['POST', '/v1/loyalty/enrollments'] as const;
const associations = ['PUT', '/v1/hierarchy/associations'] as const;
const updates = ['POST', '/v1/updates'] as const;
const program = (property: object): object => ({
  identifiers: [MOBILE],
  programs: [{ programId: 1016, ...property }],
});

/**
 * The fields of docs/vendor-contract.md section 2 as data: where the vendor expects a field, which request of ours sets it,
 * and the value that it must then have.
 */
const REACHED: readonly [
  wire: string,
  request: readonly [string, string],
  body: object,
  at: readonly (string | number)[],
  value: unknown,
][] = [
  ['profiles[].firstName', customers, { ...CUSTOMER, firstName: 'Tom' }, ['profiles', 0, 'firstName'], 'Tom'],
  [
    'profiles[].lastName',
    customers,
    { ...CUSTOMER, lastName: 'Sawyer' },
    ['profiles', 0, 'lastName'],
    'Sawyer',
  ],
  ['profiles[].identifiers[].type', customers, CUSTOMER, ['profiles', 0, 'identifiers', 0, 'type'], 'mobile'],
  [
    'profiles[].identifiers[].value',
    customers,
    CUSTOMER,
    ['profiles', 0, 'identifiers', 0, 'value'],
    MOBILE.value,
  ],
  [
    'profiles[].identifiers[].seriesId',
    customers,
    { ...CUSTOMER, cards: [{ number: 'c', seriesId: 7, statusLabel: 'ACTIVE' }] },
    ['profiles', 0, 'identifiers', 1, 'seriesId'],
    7,
  ],
  [
    'profiles[].identifiers[].seriesCode',
    customers,
    { ...CUSTOMER, cards: [CARD] },
    ['profiles', 0, 'identifiers', 1, 'seriesCode'],
    'S',
  ],
  [
    'profiles[].identifiers[].statusLabel',
    customers,
    { ...CUSTOMER, cards: [CARD] },
    ['profiles', 0, 'identifiers', 1, 'statusLabel'],
    'ACTIVE',
  ],
  [
    'profiles[].identifiers[].cardExternalId',
    customers,
    { ...CUSTOMER, cards: [{ ...CARD, cardExternalId: 'x' }] },
    ['profiles', 0, 'identifiers', 1, 'cardExternalId'],
    'x',
  ],
  [
    'profiles[].identifiers[].extendedFields',
    customers,
    { ...CUSTOMER, cards: [{ ...CARD, extendedFields: { a: 1 } }] },
    ['profiles', 0, 'identifiers', 1, 'extendedFields'],
    { a: 1 },
  ],
  [
    'profiles[].commChannels[].type',
    customers,
    { ...CUSTOMER, commChannels: [{ type: 'ios', value: 't' }] },
    ['profiles', 0, 'commChannels', 0, 'type'],
    'ios',
  ],
  [
    'profiles[].commChannels[].value',
    customers,
    { ...CUSTOMER, commChannels: [{ type: 'ios', value: 't' }] },
    ['profiles', 0, 'commChannels', 0, 'value'],
    't',
  ],
  [
    'profiles[].commChannels[].primary',
    customers,
    { ...CUSTOMER, commChannels: [{ type: 'ios', value: 't', primary: false }] },
    ['profiles', 0, 'commChannels', 0, 'primary'],
    false,
  ],
  [
    'profiles[].commChannels[].verified',
    customers,
    { ...CUSTOMER, commChannels: [{ type: 'ios', value: 't', verified: true }] },
    ['profiles', 0, 'commChannels', 0, 'verified'],
    true,
  ],
  [
    'profiles[].commChannels[].meta.lastViewedDate',
    customers,
    {
      ...CUSTOMER,
      commChannels: [{ type: 'mobilePush', value: 't', meta: { lastViewedDate: '2026-10-25' } }],
    },
    ['profiles', 0, 'commChannels', 0, 'meta', 'lastViewedDate'],
    '2026-10-25',
  ],
  [
    'profiles[].commChannels[].meta.residence',
    customers,
    { ...CUSTOMER, commChannels: [{ type: 'ios', value: 't', meta: { residence: true } }] },
    ['profiles', 0, 'commChannels', 0, 'meta', 'residence'],
    true,
  ],
  [
    'profiles[].commChannels[].meta.office',
    customers,
    { ...CUSTOMER, commChannels: [{ type: 'ios', value: 't', meta: { office: true } }] },
    ['profiles', 0, 'commChannels', 0, 'meta', 'office'],
    true,
  ],
  [
    'profiles[].fields',
    customers,
    { ...CUSTOMER, fields: { gender: 'F' } },
    ['profiles', 0, 'fields'],
    { gender: 'F' },
  ],
  ['profiles[].source', customers, CUSTOMER, ['profiles', 0, 'source'], 'WECHAT'],
  ['profiles[].accountId', customers, CUSTOMER, ['profiles', 0, 'accountId'], 'WECHAT-CM'],
  [
    'extendedFields',
    customers,
    { ...CUSTOMER, extendedFields: { city: 'Pune' } },
    ['extendedFields'],
    { city: 'Pune' },
  ],
  [
    'loyaltyInfo.loyaltyType',
    ['PUT', '/v1/loyalty/membership'],
    CUSTOMER,
    ['loyaltyInfo', 'loyaltyType'],
    'loyalty',
  ],
  [
    'loyaltyProgramEnrollments[].programId',
    enrollments,
    program({}),
    ['loyaltyProgramEnrollments', 0, 'programId'],
    1016,
  ],
  [
    'loyaltyProgramEnrollments[].tierNumber',
    enrollments,
    program({ tierNumber: 2 }),
    ['loyaltyProgramEnrollments', 0, 'tierNumber'],
    2,
  ],
  [
    'loyaltyProgramEnrollments[].loyaltyPoints',
    enrollments,
    program({ loyaltyPoints: 75 }),
    ['loyaltyProgramEnrollments', 0, 'loyaltyPoints'],
    75,
  ],
  [
    'loyaltyProgramEnrollments[].tierExpiryDate',
    enrollments,
    program({ tierExpiryDate: LATER }),
    ['loyaltyProgramEnrollments', 0, 'tierExpiryDate'],
    LATER,
  ],
  [
    'loyaltyProgramEnrollments[].pointsExpiryDate',
    enrollments,
    program({ loyaltyPoints: 1, pointsExpiryDate: LATER }),
    ['loyaltyProgramEnrollments', 0, 'pointsExpiryDate'],
    LATER,
  ],
  [
    'associationDetails.hierarchyCode',
    associations,
    ASSOCIATION,
    ['associationDetails', 'hierarchyCode'],
    'code-association2',
  ],
  ['associationDetails.roleCode', associations, ASSOCIATION, ['associationDetails', 'roleCode'], 'FA'],
  [
    'associationDetails.childRoleCode',
    associations,
    { ...ASSOCIATION, childRoleCode: 'FC' },
    ['associationDetails', 'childRoleCode'],
    'FC',
  ],
  [
    'associationDetails.parentCustomer',
    associations,
    { ...ASSOCIATION, parentCustomer: RELATIVE },
    ['associationDetails', 'parentCustomer', 'profiles', 0, 'firstName'],
    'Jim',
  ],
  [
    'associationDetails.childCustomers[]',
    associations,
    { ...ASSOCIATION, childCustomers: [RELATIVE] },
    ['associationDetails', 'childCustomers', 0, 'profiles', 0, 'firstName'],
    'Jim',
  ],
  [
    'associationDetails.fleetCompany.externalId',
    associations,
    { ...ASSOCIATION, fleetCompany: { externalId: 'ex' } },
    ['associationDetails', 'fleetCompany', 'externalId'],
    'ex',
  ],
  [
    'createDate',
    customers,
    { ...CUSTOMER, createDate: '2026-02-11T16:36:17+05:30' },
    ['createDate'],
    '2026-02-11T16:36:17+05:30',
  ],
  ['associatedWith', customers, { ...CUSTOMER, associatedWith: 'till-1' }, ['associatedWith'], 'till-1'],
];

/** The same fields of programs and associations, in an update of everything. */
const REACHED_AS_PARTS = REACHED.flatMap(([wire, [, path], body, at, value]) => {
  const { identifiers: _customer, loyaltyType: _type, ...part } = body as Record<string, unknown>;
  if (path === enrollments[1]) return [{ wire, body: { ...CUSTOMER, ...part }, at, value }];
  return path === associations[1] ? [{ wire, body: { ...CUSTOMER, association: part }, at, value }] : [];
});

describe("the vendor's fields", () => {
  it.each(REACHED)(
    'can be set, and are sent where the vendor expects them: %s',
    async (_wire, [method, path], body, at, value) => {
      const { json } = await service.send(
        method,
        `${path}?dryRun=true&source=WECHAT&accountId=WECHAT-CM`,
        body,
      );

      const item: unknown = json.calls[0].body[0];
      const found = at.reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], item);
      expect(found).toEqual(value);
    },
  );

  it.each(REACHED_AS_PARTS)(
    'can be set together with the profile of the customer: $wire',
    async ({ body, at, value }) => {
      const path = '/v1/updates?dryRun=true&source=WECHAT&accountId=WECHAT-CM';
      const { json } = await service.send('POST', path, { ...body, firstName: 'Tom' });

      const [item] = json.calls[0].body;
      expect(item.profiles[0].firstName).toBe('Tom');
      expect(
        at.reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], item),
      ).toEqual(value);
    },
  );

  it('are all listed in docs/fields.md', () => {
    const inItem = FIELD_TABLE.map(({ wire }) => wire).filter((wire) => !/^\?|^X-/.test(wire));
    expect(inItem.toSorted()).toEqual(REACHED.map(([wire]) => wire).toSorted());
  });
});

const text = fc.stringMatching(/^[A-Za-z][A-Za-z' -]{0,40}[A-Za-z]$/);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const facts = fc.record({
  firstName: maybe(text),
  lastName: maybe(text),
  fields: maybe(fc.record({ gender: fc.constantFrom('F', 'M'), city: text })),
  extendedFields: maybe(fc.record({ city: text })),
  createDate: maybe(fc.constantFrom('2020-02-29T00:00:00+00:00', '2021-12-31T23:59:59-07:00')),
  associatedWith: maybe(fc.constantFrom('till-1', 'till-2')),
});

describe('any valid update', () => {
  it('reaches the vendor with every value', { timeout: 120_000 }, async () => {
    let next = 919_300_000_000;
    await fc.assert(
      fc.asyncProperty(facts, async (values) => {
        const value = String((next += 1));
        const body = JSON.parse(
          JSON.stringify({ identifiers: [{ type: 'mobile', value }], loyaltyType: 'loyalty', ...values }),
        ) as Record<string, unknown>;
        const answer = await service.send('PATCH', '/v1/customers', body);
        expect(answer.json).toMatchObject({ outcome: 'updated' });
        const { identifiers: _own, ...said } = body;
        const found = await sandbox.customer(`mobile:${value}`);
        expect({ ...found, createDate: said['createDate'] }).toMatchObject(said);
      }),
      { numRuns: RUNS },
    );
  });
});

const programs = fc.uniqueArray(
  fc.record({
    programId: fc.constantFrom(1017, 2001),
    tierNumber: maybe(fc.integer({ min: 1, max: 4 })),
    loyaltyPoints: maybe(fc.integer({ min: 0, max: 100_000 })),
    tierExpiryDate: maybe(fc.constant(LATER)),
  }),
  { minLength: 1, selector: ({ programId }) => programId },
);

describe('any valid enrollment', () => {
  it('reaches the vendor, and credits its points once', { timeout: 120_000 }, async () => {
    let next = 919_400_000_000;
    let credited = (await sandbox.ledger()).length;
    await fc.assert(
      fc.asyncProperty(programs, async (generated) => {
        const value = String((next += 1));
        const asked = JSON.parse(JSON.stringify(generated)) as typeof generated;
        const answer = await service.send('POST', '/v1/loyalty/enrollments', {
          identifiers: [{ type: 'mobile', value }],
          programs: asked,
        });
        expect(answer.json).toMatchObject({ outcome: 'updated' });
        const found = await sandbox.customer(`mobile:${value}`);
        expect(found).toMatchObject({
          loyaltyType: 'loyalty',
          enrollments: asked.map(({ loyaltyPoints: _points, ...details }) => details),
        });
        const points = asked.flatMap(({ loyaltyPoints }) => (loyaltyPoints ? [loyaltyPoints] : []));
        expect(answer.json.pointsCredited).toBe(points.length > 0 ? 'yes' : undefined);
        const ledger = await sandbox.ledger();
        expect(ledger.slice(credited).map((credit) => credit.points)).toEqual(points);
        credited = ledger.length;
      }),
      { numRuns: RUNS },
    );
  });
});

describe('any valid update of everything', () => {
  it('reaches the vendor with one item that has all parts', { timeout: 120_000 }, async () => {
    let next = 919_600_000_000;
    const parts = fc.record({
      profile: facts,
      programs: maybe(programs),
      association: maybe(fc.record({ roleCode: fc.constantFrom('FA', 'FC'), hasCompany: fc.boolean() })),
    });
    await fc.assert(
      fc.asyncProperty(parts, async ({ profile, programs: enrolled, association }) => {
        const value = String((next += 1));
        const calls = (await sandbox.calls('bulk')).length;
        const credits = (await sandbox.ledger()).length;
        const said = JSON.parse(JSON.stringify(profile)) as Record<string, unknown>;
        const asked = JSON.parse(JSON.stringify(enrolled ?? [])) as NonNullable<typeof enrolled>;
        const companyExternalId = association?.hasCompany ? 'ex917471000000' : null;
        const answer = await service.send('POST', '/v1/updates', {
          identifiers: [{ type: 'mobile', value }],
          loyaltyType: 'loyalty',
          ...said,
          ...(enrolled && { programs: asked }),
          ...(association && {
            association: {
              hierarchyCode: 'code-association2',
              roleCode: association.roleCode,
              ...(companyExternalId !== null && { fleetCompany: { externalId: companyExternalId } }),
            },
          }),
        });
        expect(answer.json).toMatchObject({ outcome: 'updated', attempts: 1 });
        expect(await sandbox.calls('bulk')).toHaveLength(calls + 1);
        const found = await sandbox.customer(`mobile:${value}`);
        expect({ ...found, createDate: said['createDate'] }).toMatchObject(said);
        expect(found).toMatchObject({
          enrollments: asked.map(({ loyaltyPoints: _points, ...details }) => details),
          ...(association && {
            association: {
              hierarchyCode: 'code-association2',
              roleCode: association.roleCode,
              companyExternalId,
            },
          }),
        });
        const points = asked.flatMap(({ loyaltyPoints }) => (loyaltyPoints ? [loyaltyPoints] : []));
        expect((await sandbox.ledger()).slice(credits).map((credit) => credit.points)).toEqual(points);
      }),
      { numRuns: Math.min(RUNS, 100) },
    );
  });
});

describe('any valid association', () => {
  it('reaches the vendor with its children', { timeout: 120_000 }, async () => {
    let next = 919_500_000_000;
    const families = fc.record({
      childCount: fc.integer({ min: 0, max: 3 }),
      hasCompany: fc.boolean(),
      names: text,
    });
    await fc.assert(
      fc.asyncProperty(families, async ({ childCount, hasCompany, names }) => {
        const [own = '', ...children] = Array.from({ length: childCount + 1 }, () => String((next += 1)));
        const answer = await service.send('PUT', '/v1/hierarchy/associations', {
          ...ASSOCIATION,
          identifiers: [{ type: 'mobile', value: own }],
          ...(hasCompany && { fleetCompany: { externalId: 'ex917471000000' } }),
          ...(childCount > 0 && {
            childRoleCode: 'FC',
            childCustomers: children.map((value) => ({
              identifiers: [{ type: 'mobile', value }],
              firstName: names,
            })),
          }),
        });
        expect(answer.json).toMatchObject({
          outcome: 'updated',
          children: children.map(() => ({ outcome: 'updated' })),
        });
        const companyExternalId = hasCompany ? 'ex917471000000' : null;
        const found = await sandbox.customer(`mobile:${own}`);
        expect(found).toMatchObject({
          association: { hierarchyCode: 'code-association2', roleCode: 'FA', companyExternalId },
        });
        for (const value of children) {
          expect(await sandbox.customer(`mobile:${value}`)).toMatchObject({
            firstName: names,
            association: { roleCode: 'FC', parentId: found?.['id'], companyExternalId },
          });
        }
      }),
      { numRuns: RUNS },
    );
  });
});

const BODIES = [
  [
    ...customers,
    {
      ...CUSTOMER,
      cards: [CARD],
      firstName: 'Tom',
      commChannels: [{ type: 'ios', value: 't', meta: { office: true } }],
      fields: { gender: 'F' },
    },
  ],
  [...enrollments, program({ tierNumber: 1, loyaltyPoints: 1, pointsExpiryDate: LATER })],
  [
    ...associations,
    {
      ...ASSOCIATION,
      childRoleCode: 'FC',
      childCustomers: [RELATIVE],
      fleetCompany: { externalId: 'ex917471000000' },
    },
  ],
  [
    ...updates,
    {
      ...CUSTOMER,
      firstName: 'Tom',
      programs: [{ programId: 1016, tierNumber: 1, loyaltyPoints: 1, pointsExpiryDate: LATER }],
      association: { hierarchyCode: 'code-association2', roleCode: 'FA', parentCustomer: RELATIVE },
    },
  ],
] as const;

/** Lists every position in a body, as a path of keys. */
function placesIn(node: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof node !== 'object' || node === null) return [path];
  return [path, ...Object.entries(node).flatMap(([key, child]) => placesIn(child, [...path, key]))];
}

const WRONG_VALUES: readonly unknown[] = [
  undefined,
  null,
  '',
  ' x',
  'text',
  0,
  -1,
  1.5,
  2 ** 60,
  true,
  [],
  {},
  [[]],
  [{}],
  { a: 1 },
  'x'.repeat(2000),
];

function mutate(body: unknown, [key, ...others]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = (Array.isArray(body) ? [...(body as unknown[])] : { ...(body as object) }) as Record<
    string,
    unknown
  >;
  copy[key] = mutate(copy[key], others, value);
  return copy;
}

describe('any mutation of a valid body', () => {
  it('is rejected with a pointer to it, or is valid for the vendor', { timeout: 120_000 }, async () => {
    const mutation = fc
      .constantFrom(...BODIES)
      .chain(([method, path, body]) =>
        fc.tuple(
          fc.constant({ method, path, body }),
          fc.constantFrom(...placesIn(body).filter((place) => place.length > 0)),
          fc.constantFrom(...WRONG_VALUES),
          fc.boolean(),
        ),
      );
    await fc.assert(
      fc.asyncProperty(mutation, async ([{ method, path, body }, place, wrongValue, isExtra]) => {
        const at = isExtra ? [...place.slice(0, -1), 'surplus'] : place;
        const { status, json } = await service.send(method, path, mutate(body, at, wrongValue));
        if (status === 400) {
          const pointer = `/${at.join('/')}`;
          const pointers = json.errors.map((error: { pointer: string }) => error.pointer);
          // The mistake may be reported at a sibling that needs the removed value.
          const holder = pointer.slice(0, pointer.lastIndexOf('/'));
          expect(pointers.some((one: string) => one.startsWith(holder))).toBe(true);
          return;
        }
        // The sandbox rejects the whole call when it violates the vendor's schema; other statuses concern its content.
        expect([200, 207, 404, 409, 422]).toContain(status);
        expect([400, 403]).not.toContain(json.code);
      }),
      { numRuns: RUNS },
    );
  });
});
