import { SOURCES_WITH_ACCOUNTS } from '../config/vendor-enums.js';
import { invalidRequest, outOfBounds } from '../problems/problem.js';
import { checkRoute } from '../security/check-bounds.js';
/**
 * Resolves the route of a request: its query, with the configured defaults for what it leaves out. The default account
 * belongs to the default source, and is not used for another one.
 *
 * @param bounds of the caller
 * @throws Problem `invalid-request` where an account is missing, or a type has no code; `out-of-bounds`
 */
export function resolveRoute(query, settings, bounds) {
    const source = query.source ?? settings.DEFAULT_SOURCE;
    const accountId = query.accountId ?? (source === settings.DEFAULT_SOURCE ? settings.DEFAULT_ACCOUNT_ID : undefined);
    const code = query.attributionCode ?? settings.DEFAULT_ATTRIBUTION_CODE;
    const type = query.attributionType ?? (query.attributionCode ? 'TILL' : settings.DEFAULT_ATTRIBUTION_TYPE);
    const mistakes = [
        ...(accountId === undefined && SOURCES_WITH_ACCOUNTS.includes(source)
            ? [{ parameter: 'accountId', message: `is needed for the source ${source}` }]
            : []),
        ...(query.attributionType !== undefined && query.attributionCode === undefined
            ? [{ parameter: 'attributionCode', message: 'is needed with attributionType' }]
            : []),
    ];
    if (mistakes.length > 0)
        throw invalidRequest(mistakes);
    const route = {
        source,
        ...(accountId !== undefined && { accountId }),
        ...(code !== undefined && { attribution: { type, code } }),
    };
    const outside = checkRoute(route, bounds);
    if (outside.length > 0)
        throw outOfBounds(outside);
    return route;
}
//# sourceMappingURL=resolve-route.js.map