import type { Route, Update } from '../delivery/update.js';
import type { Bounds } from './principal.js';
import { pointerTo } from '../validation/json-body.js';
import type { Mistake } from '../problems/problem.js';

const NOT_ALLOWED = { code: 'not-allowed', message: 'is not one that the key or token may use' } as const;

/** Finds the parameters of a route that are outside a principal's bounds. A principal that is limited to accounts must name one. */
export function checkRoute({ source, accountId }: Route, { sources, accounts }: Bounds): Mistake[] {
  const isAccountOutside = accounts && (accountId === undefined || !accounts.includes(accountId));
  return [
    ...(sources && !sources.includes(source) ? [{ parameter: 'source', ...NOT_ALLOWED }] : []),
    ...(isAccountOutside ? [{ parameter: 'accountId', ...NOT_ALLOWED }] : []),
  ];
}

/**
 * Finds the programs and the points of an update that are outside a principal's bounds.
 *
 * @param pointer where the update is in the body
 */
export function checkUpdate({ programIds = [], credit }: Update, bounds: Bounds, pointer = ''): Mistake[] {
  const { programs, maxPointsPerEnrollment = Infinity } = bounds;
  if (!programs && maxPointsPerEnrollment === Infinity) return []; // the usual case, without pointers
  let points = 0;
  return programIds.flatMap((programId, index): Mistake[] => {
    const before = points;
    points += credit?.perProgram[index] ?? 0;
    const at = pointerTo(pointerTo(pointer, 'programs'), index);
    return [
      ...(programs && !programs.includes(programId)
        ? [{ pointer: pointerTo(at, 'programId'), ...NOT_ALLOWED }]
        : []),
      ...(before <= maxPointsPerEnrollment && points > maxPointsPerEnrollment
        ? [
            {
              pointer: pointerTo(at, 'loyaltyPoints'),
              code: 'not-allowed' as const,
              params: { max: maxPointsPerEnrollment },
              message: `exceeds what the key or token may credit in one enrollment: ${maxPointsPerEnrollment} points in total`,
            },
          ]
        : []),
    ];
  });
}
