import { pointerTo } from '../validation/json-body.js';
/** Finds the parameters of a route that are outside a principal's bounds. A principal that is limited to accounts must name one. */
export function checkRoute({ source, accountId }, { sources, accounts }) {
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
 * Finds the programs and the points of an update that are outside a principal's bounds.
 *
 * @param pointer where the update is in the body
 */
export function checkUpdate({ programIds = [], credit }, bounds, pointer = '') {
    const { programs, maxPointsPerEnrollment = Infinity } = bounds;
    if (!programs && maxPointsPerEnrollment === Infinity)
        return []; // the usual case, without pointers
    let points = 0;
    return programIds.flatMap((programId, index) => {
        const before = points;
        points += credit?.perProgram[index] ?? 0;
        const at = pointerTo(pointerTo(pointer, 'programs'), index);
        return [
            ...(programs && !programs.includes(programId)
                ? [{ pointer: pointerTo(at, 'programId'), message: 'is not one that the key or token may use' }]
                : []),
            ...(before <= maxPointsPerEnrollment && points > maxPointsPerEnrollment
                ? [
                    {
                        pointer: pointerTo(at, 'loyaltyPoints'),
                        message: `exceeds what the key or token may credit in one enrollment: ${maxPointsPerEnrollment} points in total`,
                    },
                ]
                : []),
        ];
    });
}
//# sourceMappingURL=check-bounds.js.map