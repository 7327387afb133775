import { describe, expect, it } from 'vitest';
import { Settings } from '../config/settings.js';
import { CUSTOMERS } from '../customers/customer.kind.js';
import { ASSOCIATIONS } from '../hierarchy/association.kind.js';
import { ENROLLMENTS } from '../loyalty/enrollment.kind.js';
import type { Bounds } from '../security/principal.js';
import { SCOPES, type Scope } from '../security/scopes.js';
import { type PreparedUpdate, prepareUpdate } from '../writes/prepare-update.js';
import type { UpdateKind } from '../writes/update-kind.js';
import { WHOLE_UPDATES } from './whole-update.kind.js';

const ROUTE = { source: 'INSTORE' } as const;
const ASHA = { identifiers: [{ type: 'mobile', value: '919900000001' }] };
const BEN = { identifiers: [{ type: 'mobile', value: '919900000002' }] };
const CARD = { number: 'c1', seriesCode: 'S', statusLabel: 'ACTIVE' };
const MEMBER = { ...ASHA, loyaltyType: 'loyalty' };
const PROFILE = { firstName: 'Asha', fields: { city: 'Pune' }, createDate: '2026-02-11T16:36:17Z' };
const PROGRAMS = [
  { programId: 1016, tierNumber: 2, loyaltyPoints: 75, pointsExpiryDate: '2099-02-11T16:36:17Z' },
  { programId: 1017 },
];
const ASSOCIATION = { hierarchyCode: 'h', roleCode: 'r', parentCustomer: { ...BEN, firstName: 'Ben' } };
const WHOLE = { ...MEMBER, ...PROFILE, cards: [CARD], programs: PROGRAMS, association: ASSOCIATION };

interface Caller {
  readonly scopes?: readonly Scope[];
  readonly bounds?: Bounds;
}

function prepare(sent: unknown, { scopes = SCOPES, bounds = {} }: Caller = {}, settings = new Settings()) {
  return prepareUpdate(WHOLE_UPDATES, sent, { route: ROUTE, bounds, scopes: new Set(scopes), settings });
}

function updateOf<T extends object>(kind: UpdateKind<T>, sent: unknown) {
  const preparation = { route: ROUTE, bounds: {}, scopes: new Set(SCOPES), settings: new Settings() };
  const prepared = prepareUpdate(kind, sent, preparation);
  if ('mistakes' in prepared) throw new Error(JSON.stringify(prepared.mistakes));
  return prepared.update;
}

const pointersOf = (prepared: PreparedUpdate): unknown =>
  'mistakes' in prepared ? prepared.mistakes.map(({ pointer }) => pointer) : 'accepted';

describe('an update of everything', () => {
  it('is one item with what the updates of its parts would send', () => {
    const reference = { ...ASHA, cards: [CARD] };
    const customer = updateOf(CUSTOMERS, { ...reference, ...PROFILE, loyaltyType: 'loyalty' });
    const enrolled = updateOf(ENROLLMENTS, { ...reference, programs: PROGRAMS });
    const associated = updateOf(ASSOCIATIONS, { ...reference, loyaltyType: 'loyalty', ...ASSOCIATION });
    const { loyaltyProgramEnrollments } = enrolled.item;
    const { associationDetails } = associated.item;
    expect(loyaltyProgramEnrollments).toHaveLength(2);
    expect(associationDetails).toMatchObject({ hierarchyCode: 'h', parentCustomer: {} });

    const { credit, ...whole } = updateOf(WHOLE_UPDATES, WHOLE);
    expect(whole).toEqual({
      ...customer,
      kind: 'association',
      item: { ...customer.item, loyaltyProgramEnrollments, associationDetails },
      programIds: [1016, 1017],
      parent: ['mobile:919900000002'],
      parts: ['profile', 'programs', 'association'],
      doubts: expect.arrayContaining([...enrolled.doubts, ...associated.doubts]) as unknown,
    });
    expect(credit).toEqual({
      ...enrolled.credit,
      itemWithoutPoints: {
        ...customer.item,
        loyaltyProgramEnrollments: [{ programId: 1016, tierNumber: 2 }, { programId: 1017 }],
        associationDetails,
      },
    });
  });

  it('owns the children that it names', () => {
    const association = { hierarchyCode: 'h', roleCode: 'r', childRoleCode: 'c', childCustomers: [BEN] };
    expect(updateOf(WHOLE_UPDATES, { ...MEMBER, association })).toMatchObject({
      children: [['mobile:919900000002']],
      parent: [],
    });
  });

  it('is the same as an update of a customer where it has only the profile', () => {
    const sent = { ...MEMBER, ...PROFILE };
    expect(updateOf(WHOLE_UPDATES, sent)).toEqual({ ...updateOf(CUSTOMERS, sent), parts: ['profile'] });
  });

  it('gets the default loyalty type', () => {
    const settings = Object.assign(new Settings(), { DEFAULT_LOYALTY_TYPE: 'loyalty' });
    expect(prepare({ ...ASHA, programs: PROGRAMS }, {}, settings)).toMatchObject({
      dto: { loyaltyType: 'loyalty' },
    });
    expect(prepare({ ...ASHA, programs: PROGRAMS })).toMatchObject({
      mistakes: [
        {
          pointer: '/loyaltyType',
          code: 'required',
          message: expect.stringMatching(/^is required.*DEFAULT_LOYALTY_TYPE/),
        },
      ],
    });
  });

  it.each<[rule: string, sent: object, pointers: string[]]>([
    ['has at least one program', { programs: [] }, ['/programs']],
    ['names a program once', { programs: [{ programId: 1 }, { programId: 1 }] }, ['/programs/1/programId']],
    [
      'has at most 20 programs',
      { programs: Array.from({ length: 21 }, (_, at) => ({ programId: at + 1 })) },
      ['/programs'],
    ],
    ['enrolls members only', { loyaltyType: 'non_loyalty', programs: [{ programId: 1 }] }, ['/programs']],
    [
      'has an expiry date only with points',
      { programs: [{ programId: 1, pointsExpiryDate: '2099-01-01T00:00:00Z' }] },
      ['/programs/0/pointsExpiryDate'],
    ],
    ['has an association with something', { association: {} }, ['/association']],
    ['has an association that is an object', { association: [ASSOCIATION] }, ['/association']],
    ['has no null for a part', { programs: null, association: null }, ['/programs', '/association']],
    [
      'identifies the customer outside of the association',
      { association: { roleCode: 'r', ...BEN } },
      ['/association/identifiers'],
    ],
    [
      'has a loyalty type outside of the association',
      { association: { ...ASSOCIATION, loyaltyType: 'loyalty' } },
      ['/association/loyaltyType'],
    ],
    [
      'has a parent or children',
      {
        association: {
          ...ASSOCIATION,
          childCustomers: [{ identifiers: [{ type: 'mobile', value: '919900000003' }] }],
        },
      },
      ['/association/childCustomers'],
    ],
    ['is not below itself', { association: { parentCustomer: ASHA } }, ['/association/parentCustomer']],
    [
      'is not above itself',
      { association: { childCustomers: [BEN, ASHA] } },
      ['/association/childCustomers/1'],
    ],
    [
      'names a child once',
      { association: { childCustomers: [BEN, BEN] } },
      ['/association/childCustomers/1'],
    ],
    ['checks a parent', { association: { parentCustomer: {} } }, ['/association/parentCustomer/identifiers']],
    ['has a role code of text', { association: { roleCode: 7 } }, ['/association/roleCode']],
    ['knows its properties', { association: { roleCode: 'r', surplus: 1 } }, ['/association/surplus']],
  ])('%s', (_rule, sent, pointers) => {
    expect(pointersOf(prepare({ ...MEMBER, ...sent }))).toEqual(pointers);
  });

  it.each<[scope: Scope, name: string, sent: object]>([
    ['customers:write', 'profile', PROFILE],
    ['customers:write', 'profile', { associatedWith: 'till-1' }],
    ['customers:write', 'profile', {}],
    ['loyalty:write', 'programs', { programs: PROGRAMS }],
    ['hierarchy:write', 'association', { association: ASSOCIATION }],
  ])('needs only the scope %s for the part %s', (scope, name, sent) => {
    const others = SCOPES.filter((one) => one !== scope);
    expect(prepare({ ...MEMBER, ...sent }, { scopes: [scope] })).toHaveProperty('update');
    expect(prepare({ ...MEMBER, ...sent }, { scopes: others })).toEqual({
      outcome: 'insufficient-scope',
      mistakes: [
        {
          pointer: name === 'profile' ? '' : `/${name}`,
          code: 'not-allowed',
          message: `the part ${name} needs the scope ${scope}`,
        },
      ],
    });
  });

  it('lists every part with a missing scope, below where the update is', () => {
    const scopes = new Set<Scope>(['customers:write']);
    const preparation = { route: ROUTE, bounds: {}, scopes, settings: new Settings() };
    const as = { dto: WHOLE_UPDATES.itemDto, pointer: '/updates/3' };
    const prepared = prepareUpdate<object>(
      WHOLE_UPDATES,
      { ...WHOLE, idempotencyKey: 'k1' },
      preparation,
      as,
    );
    expect(pointersOf(prepared)).toEqual(['/updates/3/programs', '/updates/3/association']);
  });

  it('does not count the key of an element as a part of the profile', () => {
    const scopes = new Set<Scope>(['loyalty:write']);
    const preparation = { route: ROUTE, bounds: {}, scopes, settings: new Settings() };
    const as = { dto: WHOLE_UPDATES.itemDto, pointer: '' };
    const sent = { ...MEMBER, programs: PROGRAMS, idempotencyKey: 'k1' };
    expect(prepareUpdate<object>(WHOLE_UPDATES, sent, preparation, as)).toHaveProperty('update');
  });

  it.each<[bound: string, bounds: Bounds, pointers: unknown]>([
    ['points', { maxPointsPerEnrollment: 74 }, ['/programs/0/loyaltyPoints']],
    ['programs', { programs: [1016] }, ['/programs/1/programId']],
    ['more points', { maxPointsPerEnrollment: 75 }, 'accepted'],
  ])('is within the bounds of its caller: %s', (_bound, bounds, pointers) => {
    expect(pointersOf(prepare(WHOLE, { bounds }))).toEqual(pointers);
  });

  it.each([
    [WHOLE, true],
    [{ programs: [{ programId: 1, loyaltyPoints: 0 }] }, false],
    [{ programs: 'x', loyaltyPoints: 7 }, false],
    [MEMBER, false],
  ])('asks for points in %j: %s', (sent, asks) => {
    expect(WHOLE_UPDATES.creditsPoints?.(sent)).toBe(asks);
  });
});
