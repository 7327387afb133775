import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import {
  ATTRIBUTION_TYPES,
  type AttributionType,
  PRINTABLE_ASCII,
  SOURCES,
  type Source,
} from '../../config/vendor-enums.js';
import { Optional } from '../../validation/validate-as.js';

const printable = { message: 'must be 1 to 100 printable ASCII characters without spaces around them' };

/** The account of the customers. */
export class AccountQueryDto {
  // No example: Swagger UI would fill it in, in place of the configured default.
  /**
   * The source in which the customers are updated; without it, the configured default. An organization may have more sources
   * than the vendor documents: EXTRA_SOURCES lists them.
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

/** The query of every write: the route of its updates, and whether to send them at all. */
export class RouteQueryDto extends AccountQueryDto {
  // No example: Swagger UI would fill it in, and it is invalid without a code.
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

/** The query of a batch. */
export class BatchQueryDto extends RouteQueryDto {
  /** `reject`: one invalid item and nothing is sent. `skip`: the valid ones go, the others are `rejected`. */
  @ApiPropertyOptional({ enum: ['reject', 'skip'], default: 'reject' })
  @Optional()
  @IsIn(['reject', 'skip'])
  onInvalid?: 'reject' | 'skip';
}
