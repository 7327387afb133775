import { describe, expect, it } from 'vitest';
import type { Route, Update } from '../delivery/update.js';
import type { Bounds } from './principal.js';
import { checkRoute, checkUpdate } from './check-bounds.js';

const enrolling = (...enrollments: [programId: number, points: number][]): Update =>
  ({
    programIds: enrollments.map(([programId]) => programId),
    credit: { perProgram: enrollments.map(([, points]) => points) },
  }) as unknown as Update;

describe(checkRoute.name, () => {
  it.each<[string, Bounds, Route, string[]]>([
    ['no bounds', {}, { source: 'WECHAT', accountId: 'a' }, []],
    ['its source', { sources: ['INSTORE', 'WECHAT'] }, { source: 'WECHAT', accountId: 'a' }, []],
    ['another source', { sources: ['INSTORE'] }, { source: 'WECHAT', accountId: 'a' }, ['source']],
    ['its account', { accounts: ['a', 'b'] }, { source: 'WECHAT', accountId: 'b' }, []],
    ['another account', { accounts: ['a'] }, { source: 'WECHAT', accountId: 'A' }, ['accountId']],
    ['no account, but a bound on accounts', { accounts: ['a'] }, { source: 'INSTORE' }, ['accountId']],
    [
      'neither',
      { sources: ['INSTORE'], accounts: ['a'] },
      { source: 'WECHAT', accountId: 'b' },
      ['source', 'accountId'],
    ],
  ])('returns the parameters outside the bounds: %s', (_case, bounds, route, parameters) => {
    expect(checkRoute(route, bounds).map(({ parameter }) => parameter)).toEqual(parameters);
  });
});

describe(checkUpdate.name, () => {
  it.each<[string, Bounds, Update, string[]]>([
    ['no bounds', {}, enrolling([1, 1_000_000]), []],
    ['no enrollment', { programs: [1], maxPointsPerEnrollment: 0 }, {} as Update, []],
    ['its programs', { programs: [1, 2] }, enrolling([2, 5], [1, 0]), []],
    ['another program', { programs: [1] }, enrolling([1, 5], [2, 0]), ['/programs/1/programId']],
    ['as many points as it may', { maxPointsPerEnrollment: 100 }, enrolling([1, 60], [2, 40]), []],
    [
      'more in total, reported once',
      { maxPointsPerEnrollment: 100 },
      enrolling([1, 60], [2, 41], [3, 7]),
      ['/programs/1/loyaltyPoints'],
    ],
    [
      'points, though it may credit none',
      { maxPointsPerEnrollment: 0 },
      enrolling([1, 1]),
      ['/programs/0/loyaltyPoints'],
    ],
    [
      'both',
      { programs: [1], maxPointsPerEnrollment: 1 },
      enrolling([3, 2]),
      ['/programs/0/programId', '/programs/0/loyaltyPoints'],
    ],
  ])('returns pointers to values outside the bounds: %s', (_case, bounds, update, pointers) => {
    expect(checkUpdate(update, bounds).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('builds pointers from the position of the update', () => {
    const [outside] = checkUpdate(enrolling([2, 0]), { programs: [1] }, '/enrollments/7');
    expect(outside?.pointer).toBe('/enrollments/7/programs/0/programId');
  });
});
