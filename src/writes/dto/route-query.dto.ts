import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import {
  ATTRIBUTION_TYPES,
  type AttributionType,
  PRINTABLE_ASCII,
  SOURCES,
  SOURCES_WITH_ACCOUNTS,
  type Source,
} from '../../config/vendor-enums.js';
import type { Settings } from '../../config/settings.js';
import type { Route } from '../../delivery/update.js';
import type { Bounds } from '../../security/principal.js';
import { judgeRoute } from '../../security/check-bounds.js';
import { invalidRequest, outOfBounds } from '../../problems/problem.js';
import { Optional } from '../../validation/validate-as.js';

const printable = { message: 'must be 1 to 100 printable ASCII characters without spaces around them' };

/** Where the customers live. */
export class AccountQueryDto {
  /**
   * The source in which the customers are updated; without it, the configured default.
   * @example INSTORE
   */
  @ApiPropertyOptional({ enum: SOURCES })
  @Optional()
  @IsIn(SOURCES)
  source?: Source;

  /** Account within the source; needed for WECHAT, FACEBOOK, WEB_ENGAGE and LINE. 1 to 100 printable ASCII characters. */
  @ApiPropertyOptional({ minLength: 1, maxLength: 100 })
  @Optional()
  @Matches(PRINTABLE_ASCII, printable)
  accountId?: string;
}

/** What every write may say in its query: the route of its updates, and whether to send them at all. */
export class RouteQueryDto extends AccountQueryDto {
  // No example: Swagger UI would fill it in, and it cannot stand without a code.
  /** What attributionCode is a code of; TILL without it. */
  @ApiPropertyOptional({ enum: ATTRIBUTION_TYPES })
  @Optional()
  @IsIn(ATTRIBUTION_TYPES)
  attributionType?: AttributionType;

  /** The till or store to post on behalf of. 1 to 100 printable ASCII characters. */
  @ApiPropertyOptional({ minLength: 1, maxLength: 100 })
  @Optional()
  @Matches(PRINTABLE_ASCII, printable)
  attributionCode?: string;

  /** `true` validates and answers the bulk calls that would be sent, and sends nothing. */
  @ApiPropertyOptional({ enum: ['true', 'false'], default: 'false' })
  @Optional()
  @IsIn(['true', 'false'])
  dryRun?: 'true' | 'false';
}

/** What a write of many may say besides. */
export class BatchQueryDto extends RouteQueryDto {
  /** `reject`: one invalid item and nothing is sent. `skip`: the valid ones go, the others are `rejected`. */
  @ApiPropertyOptional({ enum: ['reject', 'skip'], default: 'reject' })
  @Optional()
  @IsIn(['reject', 'skip'])
  onInvalid?: 'reject' | 'skip';
}

/**
 * The route that a query asks for, with the configured defaults where it says nothing. The default account belongs to
 * the default source, and is not used for another one.
 *
 * @param bounds of whoever asks
 * @throws ProblemException `invalid-request` where an account is missing, or a type has no code; `out-of-bounds`
 */
export function readRoute(
  query: AccountQueryDto & Partial<RouteQueryDto>,
  settings: Settings,
  bounds: Bounds,
): Route {
  const source = query.source ?? settings.DEFAULT_SOURCE;
  const accountId =
    query.accountId ?? (source === settings.DEFAULT_SOURCE ? settings.DEFAULT_ACCOUNT_ID : undefined);
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
  if (mistakes.length > 0) throw invalidRequest(mistakes);
  const route: Route = {
    source,
    ...(accountId !== undefined && { accountId }),
    ...(code !== undefined && { attribution: { type, code } }),
  };
  const outside = judgeRoute(route, bounds);
  if (outside.length > 0) throw outOfBounds(outside);
  return route;
}
