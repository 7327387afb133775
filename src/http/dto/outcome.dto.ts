import { ApiProperty, getSchemaPath } from '@nestjs/swagger';

/** An identifier as the vendor tells it. */
export class ToldIdentifierDto {
  /** @example mobile */
  type: string;

  /** @example "919900000001" */
  value: string;
}

/** A warning: the update was applied, and something beside it was not. */
export class WarningDto {
  /**
   * The vendor's code.
   * @example 19223
   */
  code: number;

  /** @example "Points processing failed" */
  message: string;
}

/** Why an update was rejected or failed: an error of the vendor, or a mistake in the item itself. */
export class OutcomeErrorDto {
  /**
   * The vendor's code; absent for an item that was not valid and never sent.
   * @example 8015
   */
  code?: number;

  /**
   * For an item that was not valid, JSON Pointer to the mistake.
   * @example "/customers/3/identifiers/0/value"
   */
  pointer?: string;

  /** @example "customer not found in this source" */
  message: string;

  /**
   * Path of the page that explains it.
   * @example "/problems/customer-not-found"
   */
  type: string;

  /**
   * The status that a request for this update alone would have got.
   * @example 404
   */
  status: number;
}

/** What became of a child of the update. */
export class ChildOutcomeDto {
  @ApiProperty({ enum: ['updated', 'rejected', 'failed', 'unknown'], example: 'updated' })
  outcome: 'updated' | 'rejected' | 'failed' | 'unknown';

  /** @example 409966468 */
  customerId?: number;

  identifiers: ToldIdentifierDto[];
  errors: OutcomeErrorDto[];
  warnings: WarningDto[];
}

class SentDto {
  /**
   * Position of the update in the request; in batches only.
   * @example 0
   */
  index?: number;

  /**
   * How many bulk calls the update stood in.
   * @example 1
   */
  attempts: number;

  /**
   * The vendor's id of the last of them.
   * @example "a6f0c2d1"
   */
  upstreamRequestId?: string;
}

/** The vendor says so, perhaps with warnings. */
export class UpdatedDto extends SentDto {
  @ApiProperty({ enum: ['updated'], example: 'updated' })
  outcome: 'updated';

  /**
   * The vendor's id of the customer, where it tells it.
   * @example 409966467
   */
  customerId?: number;

  /** All identifiers of the customer that the vendor tells. */
  identifiers: ToldIdentifierDto[];

  warnings: WarningDto[];

  /** One outcome per child, in the order sent. */
  children: ChildOutcomeDto[];
}

/** Refused for good, by us or by the vendor: unchanged, it would be refused again. */
export class RejectedDto extends SentDto {
  @ApiProperty({ enum: ['rejected'], example: 'rejected' })
  outcome: 'rejected';

  errors: OutcomeErrorDto[];
}

/** Not applied: it may be sent again. */
export class FailedDto extends SentDto {
  @ApiProperty({ enum: ['failed'], example: 'failed' })
  outcome: 'failed';

  /**
   * How the last attempt ended.
   * @example "several actions are running for the same customer"
   */
  reason: string;

  /**
   * Path of the page that explains it.
   * @example "/problems/customer-busy"
   */
  type: string;

  /** @example true */
  retryable: boolean;

  errors: OutcomeErrorDto[];
}

/** May or may not have been applied. */
export class UnknownDto extends SentDto {
  @ApiProperty({ enum: ['unknown'], example: 'unknown' })
  outcome: 'unknown';

  /** @example "connection lost after the call was written" */
  reason: string;

  /**
   * Whether the same update may be sent again without harm.
   * @example true
   */
  retryable: boolean;
}

export type OutcomeDto = UpdatedDto | RejectedDto | FailedDto | UnknownDto;

/** How many updates came to what. */
export class SummaryDto {
  /** @example 2 */
  total: number;

  /** @example 1 */
  updated: number;

  /** @example 1 */
  rejected: number;

  /** @example 0 */
  failed: number;

  /** @example 0 */
  unknown: number;
}

/** The answer to many updates. */
export class BatchAnswerDto {
  summary: SummaryDto;

  /** One outcome per update, in the order sent. */
  @ApiProperty({
    type: 'array',
    items: {
      oneOf: [UpdatedDto, RejectedDto, FailedDto, UnknownDto].map((dto) => ({ $ref: getSchemaPath(dto) })),
      discriminator: {
        propertyName: 'outcome',
        mapping: {
          updated: getSchemaPath(UpdatedDto),
          rejected: getSchemaPath(RejectedDto),
          failed: getSchemaPath(FailedDto),
          unknown: getSchemaPath(UnknownDto),
        },
      },
    },
  })
  outcomes: OutcomeDto[];
}
