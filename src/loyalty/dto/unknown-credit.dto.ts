import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import { textMistake } from '../../validation/text.js';
import {
  FailedDto,
  type OutcomeDto,
  RejectedDto,
  ReturnedIdentifierDto,
  UnknownDto,
  UpdatedDto,
} from '../../writes/dto/outcome.dto.js';
import { Check, Optional } from '../../validation/validate-as.js';

/** Credits in one page, and characters of a note. Our bounds. */
const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;
const MAX_NOTE_LENGTH = 500;

/** What the id of a credit can be; others are not even looked for. */
export const CREDIT_ID = /^[\w:.-]{1,100}$/;

/** Which credits to list. */
export class UnknownCreditQueryDto {
  /** Those in doubt, or those that were and are not any more. */
  @ApiPropertyOptional({ enum: ['unknown', 'resolved'], default: 'unknown' })
  @Optional()
  @IsIn(['unknown', 'resolved'])
  state?: 'unknown' | 'resolved';

  /** Most credits in the answer. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })
  @Optional()
  @Type(() => Number)
  @Max(MAX_PAGE)
  @Min(1)
  @IsInt()
  limit: number = DEFAULT_PAGE;

  /** The id of the last credit of the page before: `next` of its answer. */
  @ApiPropertyOptional({ maxLength: 100, pattern: CREDIT_ID.source })
  @Optional()
  @Matches(CREDIT_ID, { message: 'must be an id of 1 to 100 characters' })
  after?: string;
}

/** How a credit in doubt ended. */
export class ResolutionDto {
  /** `applied`: the points were credited, which closes it. `not-applied`: they were not, and are sent once more. */
  @ApiProperty({ enum: ['applied', 'not-applied'], example: 'applied' })
  @IsIn(['applied', 'not-applied'])
  resolution: 'applied' | 'not-applied';

  /**
   * How that is known: 1 to 500 characters, kept with the credit. Nothing personal.
   * @example "seen in the points ledger"
   */
  @ApiProperty({ minLength: 1, maxLength: MAX_NOTE_LENGTH })
  @Check((value) => {
    const message = textMistake(value, MAX_NOTE_LENGTH);
    return message === undefined ? [] : [{ pointer: '', message }];
  })
  note: string;
}

/** A credit of which nobody knows, or knew, whether it was applied. */
export class UnknownCreditDto {
  /**
   * Under which it is resolved; the creditId of the outcome that was told.
   * @example "5a0d3c1e-7d0c-4a4e-9a58-9d5c0f4f6f0b"
   */
  id: string;

  /** Whether it is still in doubt. */
  @ApiProperty({ enum: ['unknown', 'resolved'], example: 'unknown' })
  state: string;

  /** The customer, as the update named it; absent once it is resolved, or what is stored of the customer was erased. */
  @ApiPropertyOptional({ type: [ReturnedIdentifierDto] })
  identifiers?: ReturnedIdentifierDto[];

  /**
   * Points in doubt, of all programmes together.
   * @example 75
   */
  @ApiProperty({ type: 'integer' })
  points: number;

  /**
   * Source of the customer.
   * @example "INSTORE"
   */
  source: string;

  /**
   * Account within the source.
   * @example "WECHAT-CM"
   */
  accountId?: string;

  /**
   * Why it is in doubt, in a fixed word.
   * @example "connection-lost"
   */
  reason?: string;

  /**
   * The vendor's id of the call, where it gave one.
   * @example "efcd0852-3b5c-4d71-bcdd-4dec239ef32f"
   */
  upstreamRequestId?: string;

  /** When it was last sent. */
  @ApiPropertyOptional({ format: 'date-time' })
  sentAt?: string;

  /** How it ended. */
  @ApiPropertyOptional({ enum: ['applied', 'not-applied'], example: 'applied' })
  resolution?: string;

  /**
   * How that is known.
   * @example "seen in the points ledger"
   */
  note?: string;

  /** When it was resolved. */
  @ApiPropertyOptional({ format: 'date-time' })
  resolvedAt?: string;

  /**
   * The credit under which it was sent once more.
   * @example "c61c1a1d-2f57-4b43-8a3f-7d1a5a3f2e90"
   */
  resentAs?: string;
}

/** A page of credits, the oldest first. */
export class UnknownCreditsDto {
  /** The credits, the oldest first. */
  credits: UnknownCreditDto[];

  /**
   * What to give as `after` for the next page; absent on the last.
   * @example "5a0d3c1e-7d0c-4a4e-9a58-9d5c0f4f6f0b"
   */
  next?: string;
}

/** A credit that has been resolved. */
export class ResolvedCreditDto {
  /** The credit, as it is now. */
  credit: UnknownCreditDto;

  /** What became of it when it was sent once more. */
  @ApiPropertyOptional({
    oneOf: [UpdatedDto, RejectedDto, FailedDto, UnknownDto].map((dto) => ({ $ref: getSchemaPath(dto) })),
  })
  outcome?: OutcomeDto;
}
