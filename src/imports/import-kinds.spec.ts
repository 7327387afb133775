import { describe, expect, it } from 'vitest';
import { Settings } from '../config/settings.js';
import { UPDATE_KINDS } from './import-kinds.js';
import type { Bounds } from '../security/principal.js';
import { prepareUpdate } from '../writes/prepare-update.js';

const ASHA = [{ type: 'mobile', value: '919900000001' }];

function prepare(
  kind: keyof typeof UPDATE_KINDS,
  sent: unknown,
  bounds: Bounds = {},
  settings = new Settings(),
) {
  return prepareUpdate(UPDATE_KINDS[kind], sent, {
    route: { source: 'INSTORE' },
    bounds,
    scopes: new Set(),
    settings,
  });
}

describe(prepareUpdate.name, () => {
  it('translates a valid item', () => {
    expect(prepare('memberships', { identifiers: ASHA, loyaltyType: 'loyalty' })).toMatchObject({
      update: { customer: ['mobile:919900000001'], item: { loyaltyInfo: { loyaltyType: 'loyalty' } } },
    });
  });

  it('lists the mistakes of an invalid item, below where it is', () => {
    const { route, settings } = { route: { source: 'INSTORE' } as const, settings: new Settings() };
    const kind = UPDATE_KINDS.memberships;
    const prepared = prepareUpdate(
      kind,
      { identifiers: ASHA, loyaltyType: 'gold' },
      { route, bounds: {}, scopes: new Set(), settings },
      { dto: kind.itemDto, pointer: '/memberships/3' },
    );
    expect(prepared).toMatchObject({
      outcome: 'invalid',
      mistakes: [{ pointer: '/memberships/3/loyaltyType' }],
    });
  });

  it('lists what is out of the bounds of the caller', () => {
    const sent = { identifiers: ASHA, programs: [{ programId: 7, loyaltyPoints: 50 }] };
    expect(prepare('enrollments', sent, { maxPointsPerEnrollment: 49 })).toMatchObject({
      outcome: 'out-of-bounds',
      mistakes: [{ pointer: '/programs/0/loyaltyPoints' }],
    });
    expect(prepare('enrollments', sent, { maxPointsPerEnrollment: 50 })).toMatchObject({
      update: { programIds: [7], credit: { points: 50, perProgram: [50] } },
    });
  });

  it.each(['customers', 'associations'] as const)('fills in the default loyalty type of %s', (kind) => {
    const settings = Object.assign(new Settings(), { DEFAULT_LOYALTY_TYPE: 'loyalty' });
    const sent = { identifiers: ASHA, ...(kind === 'associations' && { hierarchyCode: 'h', roleCode: 'r' }) };
    expect(prepare(kind, sent, {}, settings)).toMatchObject({ dto: { loyaltyType: 'loyalty' } });
    expect(prepare(kind, sent)).toMatchObject({ mistakes: [{ pointer: '/loyaltyType' }] });
  });

  it('never fills in a loyalty type where a request has to say it', () => {
    const settings = Object.assign(new Settings(), { DEFAULT_LOYALTY_TYPE: 'loyalty' });
    expect(prepare('memberships', { identifiers: ASHA }, {}, settings)).toMatchObject({
      mistakes: [{ pointer: '/loyaltyType' }],
    });
  });
});
