import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

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

  /** Whether a caller waits for it, or a job that can wait. */
  @ApiProperty({ enum: ['interactive', 'background'], example: 'interactive' })
  priority: string;

  /** What it shares with the updates that may be in the same calls. */
  lane: LaneDto;

  /** What happened to it, in order; the middle of a very long list is left out. */
  steps: StepDto[];
}
