import { SOURCES_WITH_ACCOUNTS } from '../config/vendor-enums.js';
import type { Settings } from '../config/settings.js';
import type { Route } from '../delivery/update.js';
import { type Mistake, invalidRequest, outOfBounds } from '../problems/problem.js';
import { checkRoute } from '../security/check-bounds.js';
import type { Bounds } from '../security/principal.js';
import type { AccountQueryDto, RouteQueryDto } from './dto/route-query.dto.js';

/**
 * Resolves the route of a request: its query, with the configured defaults for what it leaves out. The default account
 * belongs to the default source, and is not used for another one.
 *
 * @param bounds of the caller
 * @throws Problem `invalid-request` where an account is missing, or a type has no code; `out-of-bounds`
 */
export function resolveRoute(
  query: AccountQueryDto & Partial<RouteQueryDto>,
  settings: Settings,
  bounds: Bounds,
): Route {
  const source = query.source ?? settings.DEFAULT_SOURCE;
  const accountId =
    query.accountId ?? (source === settings.DEFAULT_SOURCE ? settings.DEFAULT_ACCOUNT_ID : undefined);
  const code = query.attributionCode ?? settings.DEFAULT_ATTRIBUTION_CODE;
  const type = query.attributionType ?? (query.attributionCode ? 'TILL' : settings.DEFAULT_ATTRIBUTION_TYPE);
  const mistakes: Mistake[] = [
    ...(accountId === undefined && SOURCES_WITH_ACCOUNTS.includes(source)
      ? [
          {
            parameter: 'accountId',
            code: 'required' as const,
            message: `is required for the source ${source}`,
          },
        ]
      : []),
    ...(query.attributionType !== undefined && query.attributionCode === undefined
      ? [
          {
            parameter: 'attributionCode',
            code: 'required' as const,
            message: 'is required with attributionType',
          },
        ]
      : []),
  ];
  if (mistakes.length > 0) throw invalidRequest(mistakes);
  const route: Route = {
    source,
    ...(accountId !== undefined && { accountId }),
    ...(code !== undefined && { attribution: { type, code } }),
  };
  const outside = checkRoute(route, bounds);
  if (outside.length > 0) throw outOfBounds(outside);
  return route;
}
