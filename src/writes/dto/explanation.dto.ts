import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsString, Length, Max, Min } from 'class-validator';
import type { Outcome } from '../../delivery/outcome.js';
import { Optional } from '../../validation/validate-as.js';

const OUTCOMES = ['updated', 'rejected', 'failed', 'unknown'] as const satisfies Outcome['outcome'][];

/** The most updates of one list. */
export const MAX_EXPLANATIONS = 100;

/** Which updates to list. */
export class ExplanationQueryDto {
  /** The maximum number of updates in the response. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_EXPLANATIONS, default: 20 })
  @Optional()
  @Type(() => Number)
  @Max(MAX_EXPLANATIONS)
  @Min(1)
  @IsInt()
  limit: number = 20;

  /** Only updates that ended like this. */
  @ApiPropertyOptional({ enum: OUTCOMES })
  @Optional()
  @IsIn(OUTCOMES)
  outcome?: Outcome['outcome'];

  /** Only updates with this id: their own, that of their request or import, of a call, or of an answer of the vendor. */
  @ApiPropertyOptional({ minLength: 1, maxLength: 128 })
  @Optional()
  @Length(1, 128)
  @IsString()
  id?: string;
}

/** What all updates of one bulk call share. */
export class LaneDto {
  /**
   * The source in which the customer is updated.
   * @example "INSTORE"
   */
  source: string;

  /**
   * The account within the source.
   * @example "WECHAT-CM"
   */
  accountId?: string;

  /**
   * What the attribution code is a code of.
   * @example "TILL"
   */
  attributionType?: string;

  /**
   * The till or store that the update is attributed to.
   * @example "till-7"
   */
  attributionCode?: string;

  /** Customers and associations have lanes of their own, as the vendor may bound their calls differently. */
  @ApiProperty({ enum: ['customer', 'association'], example: 'customer' })
  kind: string;
}

/** One thing that happened to the update. */
export class StepDto {
  /**
   * Milliseconds since it was submitted.
   * @example 3
   */
  @ApiProperty({ type: 'integer' })
  afterMs: number;

  /** What happened. */
  @ApiProperty({
    enum: [
      'sent',
      'answered',
      'classified',
      'waits-for-retry',
      'not-sent-again',
      'isolation-begun',
      'isolated',
      'points-taken-out',
      'settled',
    ],
    example: 'sent',
  })
  event: string;

  /**
   * Id of the bulk call, as in the logs.
   * @example "0f8fad5b-d9cb-469f-a165-70867728950e"
   */
  callId?: string;

  /** Why it was in that call. */
  @ApiPropertyOptional({ enum: ['first', 'retry', 'isolation', 'without-points'], example: 'first' })
  purpose?: string;

  /**
   * How many updates the call carried.
   * @example 12
   */
  @ApiPropertyOptional({ type: 'integer' })
  itemCount?: number;

  /**
   * How long it waited before its first call, or will wait before the next.
   * @example 3
   */
  @ApiPropertyOptional({ type: 'integer' })
  waitMs?: number;

  /**
   * How long the call took.
   * @example 121
   */
  @ApiPropertyOptional({ type: 'integer' })
  durationMs?: number;

  /**
   * How the call ended.
   * @example "not-processed: rate-limited"
   */
  answer?: string;

  /**
   * The row of the answer rules, or the rows of the code catalog, that decided.
   * @example "8015: customer-not-found (404)"
   */
  decidedBy?: string;

  /**
   * The vendor's id of the call.
   * @example "a6f0c2d1"
   */
  upstreamRequestId?: string;

  /**
   * Why, in fixed words.
   * @example "failed: customer-busy"
   */
  because?: string;

  /** The outcome, where it was settled. */
  @ApiPropertyOptional({ enum: ['updated', 'rejected', 'failed', 'unknown'], example: 'updated' })
  outcome?: string;

  /**
   * Why it was not applied, or why that is unknown.
   * @example "connection-lost"
   */
  reason?: string;
}

/** How an update ended and why, without personal data. */
export class ExplanationDto {
  /**
   * The updateId of the outcome.
   * @example "7c9e6679-7425-40de-944b-e07fc1f90ae7"
   */
  id: string;

  /**
   * When it was submitted.
   * @example "2026-11-23T08:15:30.000Z"
   */
  @ApiProperty({ type: 'string', format: 'date-time' })
  submittedAt: string;

  /** How it ended; absent while it waits or is in flight. */
  @ApiPropertyOptional({ enum: OUTCOMES, example: 'updated' })
  outcome?: string;

  /**
   * The id of its request; absent for lines of imports.
   * @example "order-4711"
   */
  requestId?: string;

  /**
   * The import that has it as a line.
   * @example "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
   */
  importId?: string;

  /** Whether a caller waits for it, or a job that can wait. */
  @ApiProperty({ enum: ['interactive', 'background'], example: 'interactive' })
  priority: string;

  /** What it shares with the updates that may be in the same calls. */
  lane: LaneDto;

  /** What happened to it, in order; the middle of a very long list is left out. */
  steps: StepDto[];
}

/** Explanations of updates, the latest first. */
export class ExplanationListDto {
  /** The updates, the latest first. */
  updates: ExplanationDto[];

  /**
   * Whether more updates match than are listed.
   * @example false
   */
  hasMore: boolean;

  /**
   * False while the database is lost: then only updates of the instance that answers are listed.
   * @example true
   */
  isComplete: boolean;
}
