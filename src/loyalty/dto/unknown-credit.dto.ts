import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import { text } from '../../validation/text.js';
import { OUTCOME_SCHEMA, type OutcomeDto, ReturnedIdentifierDto } from '../../writes/dto/outcome.dto.js';
import { Check, Optional } from '../../validation/validate-as.js';

/** How many credits a page has, and how many characters a note has. Our bounds. */
const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;
const MAX_NOTE_LENGTH = 500;

/** The form of credit ids. Ids of other forms are not found. */
export const CREDIT_ID = /^[\w:.-]{1,100}$/;

/** Which credits to list. */
export class UnknownCreditQueryDto {
  /** Whether to list credits that are still in doubt, or those that were resolved. */
  @ApiPropertyOptional({ enum: ['unknown', 'resolved'], default: 'unknown' })
  @Optional()
  @IsIn(['unknown', 'resolved'])
  state?: 'unknown' | 'resolved';

  /** The maximum number of credits in the response. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })
  @Optional()
  @Type(() => Number)
  @Max(MAX_PAGE)
  @Min(1)
  @IsInt()
  limit: number = DEFAULT_PAGE;

  /** The id of the last credit of the previous page: `next` in its response. */
  @ApiPropertyOptional({ maxLength: 100, pattern: CREDIT_ID.source })
  @Optional()
  @Matches(CREDIT_ID, { message: 'must be an id of 1 to 100 characters' })
  after?: string;
}

/** Resolves a credit in doubt. */
export class ResolutionDto {
  /** `applied`: the points were credited; this closes the credit. `not-applied`: they were not; this sends them again. */
  @ApiProperty({ enum: ['applied', 'not-applied'], example: 'applied' })
  @IsIn(['applied', 'not-applied'])
  resolution: 'applied' | 'not-applied';

  /**
   * The evidence, 1 to 500 characters, stored with the credit. It must not contain personal data.
   * @example "seen in the points ledger"
   */
  @ApiProperty({ minLength: 1, maxLength: MAX_NOTE_LENGTH })
  @Check(text(MAX_NOTE_LENGTH, 'prose'))
  note: string;
}

/** A credit that may or may not have been applied, until it is resolved. */
export class UnknownCreditDto {
  /**
   * Its id: the creditId of the outcome.
   * @example "5a0d3c1e-7d0c-4a4e-9a58-9d5c0f4f6f0b"
   */
  id: string;

  /** Whether the credit is still in doubt. */
  @ApiProperty({ enum: ['unknown', 'resolved'], example: 'unknown' })
  state: string;

  /** The identifiers of the customer in the update; absent after the credit was resolved, or the customer was erased. */
  @ApiPropertyOptional({ type: [ReturnedIdentifierDto] })
  identifiers?: ReturnedIdentifierDto[];

  /**
   * Points in doubt, the sum over all programs.
   * @example 75
   */
  @ApiProperty({ type: 'integer' })
  points: number;

  /**
   * The source of the customer.
   * @example "INSTORE"
   */
  source: string;

  /**
   * The account within the source.
   * @example "WECHAT-CM"
   */
  accountId?: string;

  /**
   * Why the credit is in doubt: one of a fixed list of reasons. `vendor-credited` and `vendor-not-credited` say that a
   * later answer of the vendor contradicts the resolution.
   * @example "connection-lost"
   */
  reason?: string;

  /**
   * The vendor's id of the call, if it returned one.
   * @example "efcd0852-3b5c-4d71-bcdd-4dec239ef32f"
   */
  upstreamRequestId?: string;

  /** When the credit was last sent. */
  @ApiPropertyOptional({ format: 'date-time' })
  sentAt?: string;

  /** How the credit was resolved. */
  @ApiPropertyOptional({ enum: ['applied', 'not-applied'], example: 'applied' })
  resolution?: string;

  /**
   * The evidence for the resolution.
   * @example "seen in the points ledger"
   */
  note?: string;

  /** When the credit was resolved. */
  @ApiPropertyOptional({ format: 'date-time' })
  resolvedAt?: string;

  /**
   * The id of the credit with which the points were sent again.
   * @example "c61c1a1d-2f57-4b43-8a3f-7d1a5a3f2e90"
   */
  resentAs?: string;
}

/** A page of credits, oldest first. */
export class UnknownCreditsDto {
  /** The credits, oldest first. */
  credits: UnknownCreditDto[];

  /**
   * The value of `after` for the next page; absent on the last page.
   * @example "5a0d3c1e-7d0c-4a4e-9a58-9d5c0f4f6f0b"
   */
  next?: string;
}

/** A credit that has been resolved. */
export class ResolvedCreditDto {
  /** The credit after the resolution. */
  credit: UnknownCreditDto;

  /** The outcome of sending the points again. */
  @ApiPropertyOptional({ allOf: [OUTCOME_SCHEMA] })
  outcome?: OutcomeDto;
}
