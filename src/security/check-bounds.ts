import type { Route, Update } from '../delivery/update.js';
import type { Bounds } from './principal.js';
import { pointerTo } from '../validation/json-body.js';
import type { Mistake } from '../problems/problem.js';

/** What of a route is outside of a principal's bounds, by the names of its parameters. Whoever is bound to accounts must name one. */
export function judgeRoute({ source, accountId }: Route, { sources, accounts }: Bounds): Mistake[] {
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
 * What an update asks for outside of a principal's bounds: programmes, and points of the enrolment in all.
 *
 * @param pointer where the update stands in the body
 */
export function judgeUpdate({ enrollments = [] }: Update, bounds: Bounds, pointer = ''): Mistake[] {
  const { programmes, maxPointsPerEnrollment = Infinity } = bounds;
  let points = 0;
  return enrollments.flatMap((enrolment, index) => {
    const before = points;
    points += enrolment.points;
    const at = pointerTo(pointerTo(pointer, 'programs'), index);
    return [
      ...(programmes && !programmes.includes(enrolment.programId)
        ? [{ pointer: pointerTo(at, 'programId'), message: 'is not one that the key or token may use' }]
        : []),
      ...(before <= maxPointsPerEnrollment && points > maxPointsPerEnrollment
        ? [
            {
              pointer: pointerTo(at, 'loyaltyPoints'),
              message: `is more than the key may credit by one enrolment: ${maxPointsPerEnrollment} points in all`,
            },
          ]
        : []),
    ];
  });
}
