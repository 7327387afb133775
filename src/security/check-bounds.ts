import type { Route, Update } from '../delivery/update.js';
import type { Bounds } from './principal.js';
import { pointerTo } from '../validation/json-body.js';
import type { Mistake } from '../problems/problem.js';

/** Finds what of a route is out of a principal's bounds, by the names of its parameters. A principal that is bound to accounts must name one. */
export function checkRoute({ source, accountId }: Route, { sources, accounts }: Bounds): Mistake[] {
  const isAccountOutside = accounts && (accountId === undefined || !accounts.includes(accountId));
  return [
    ...(sources && !sources.includes(source)
      ? [{ parameter: 'source', message: 'is not one that the key or token may use' }]
      : []),
    ...(isAccountOutside
      ? [{ parameter: 'accountId', message: 'is not one that the key or token may use' }]
      : []),
  ];
}

/**
 * Finds what of an update is out of a principal's bounds: programs, and the points of the enrollment in all.
 *
 * @param pointer where the update is in the body
 */
export function checkUpdate({ programIds = [], credit }: Update, bounds: Bounds, pointer = ''): Mistake[] {
  const { programmes, maxPointsPerEnrollment = Infinity } = bounds;
  let points = 0;
  return programIds.flatMap((programId, index) => {
    const before = points;
    points += credit?.perProgram[index] ?? 0;
    const at = pointerTo(pointerTo(pointer, 'programs'), index);
    return [
      ...(programmes && !programmes.includes(programId)
        ? [{ pointer: pointerTo(at, 'programId'), message: 'is not one that the key or token may use' }]
        : []),
      ...(before <= maxPointsPerEnrollment && points > maxPointsPerEnrollment
        ? [
            {
              pointer: pointerTo(at, 'loyaltyPoints'),
              message: `is more than the key may credit by one enrollment: ${maxPointsPerEnrollment} points in all`,
            },
          ]
        : []),
    ];
  });
}
