import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { UPDATE_PARTS, type UpdatePart } from '../../delivery/update.js';
import { ERROR_CODE_SCHEMA, MISTAKE_PARAMS_SCHEMA } from '../../problems/problem.dto.js';

/** An identifier as the vendor returns it. */
export class ReturnedIdentifierDto {
  /**
   * Kind of identifier, in the vendor's word.
   * @example mobile
   */
  type: string;

  /**
   * As the vendor has it.
   * @example "919900000001"
   */
  value: string;
}

/** A warning: the update was applied, and something beside it was not. */
export class WarningDto {
  /**
   * The vendor's code.
   * @example 19223
   */
  @ApiProperty({ type: 'integer' })
  code: number;

  /**
   * The vendor's message, without personal data.
   * @example "Points processing failed"
   */
  message: string;
}

/** Why an update was rejected or failed: an error of the vendor, or a mistake in the item itself. */
export class OutcomeErrorDto {
  /** The vendor's number; for an item that was not valid and never sent, our word for the mistake. */
  @ApiPropertyOptional({ ...ERROR_CODE_SCHEMA, example: 8015 })
  code?: string | number;

  /** For an item that was not valid, the parameters of the code, such as `max` for `too-long`. */
  @ApiPropertyOptional(MISTAKE_PARAMS_SCHEMA)
  params?: Record<string, unknown>;

  /**
   * The part that the vendor's code is about, in an update with several parts; absent where the code does not prove one.
   * The vendor refuses the whole update all the same.
   * @example programs
   */
  @ApiPropertyOptional({ enum: UPDATE_PARTS, example: 'programs' })
  part?: UpdatePart;

  /**
   * For an item that was not valid, JSON Pointer to the mistake.
   * @example "/customers/3/identifiers/0/value"
   */
  pointer?: string;

  /**
   * For a line of an import that was not valid, its number.
   * @example 7
   */
  @ApiPropertyOptional({ type: 'integer' })
  line?: number;

  /**
   * For a row of CSV that was not valid, the column as the header spells it.
   * @example "identifiers.mobile"
   */
  column?: string;

  /**
   * For a line of an import that was not valid, what was found in place of a valid value, without the value.
   * @example "13 characters, begins with +: digits and +"
   */
  found?: string;

  /**
   * What is wrong: the vendor's message without personal data, or ours.
   * @example "customer not found in this source"
   */
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
  @ApiProperty({ type: 'integer' })
  status: number;
}

/** What became of a child of the update. */
export class ChildOutcomeDto {
  /**
   * Position of the child in the update.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  index: number;

  /** What became of the child. */
  @ApiProperty({ enum: ['updated', 'rejected', 'failed', 'unknown'], example: 'updated' })
  outcome: 'updated' | 'rejected' | 'failed' | 'unknown';

  /**
   * The vendor's id of the child, where it returns one.
   * @example 409966468
   */
  @ApiPropertyOptional({ type: 'integer' })
  customerId?: number;

  /** All identifiers of the child that the vendor returns. */
  identifiers: ReturnedIdentifierDto[];

  /** Why it was not updated. */
  errors: OutcomeErrorDto[];

  /** What failed beside it. */
  warnings: WarningDto[];
}

class SentDto {
  /**
   * Ours; `GET /v1/updates/{id}` explains under it what became of the update and why, for a while. Absent for an item
   * that was not valid.
   * @example "7c9e6679-7425-40de-944b-e07fc1f90ae7"
   */
  updateId?: string;

  /**
   * Whether the points were credited; absent where the update asked for none. `unknown`: the vendor could not say, or
   * its answer was lost, so look at the account before crediting again.
   */
  @ApiPropertyOptional({ enum: ['yes', 'no', 'unknown'], example: 'yes' })
  pointsCredited?: 'yes' | 'no' | 'unknown';

  /**
   * Where that is unknown: under which `GET /v1/loyalty/unknown-credits` lists the credit, and it is resolved.
   * @example "key:Yq3mZ0x6Jd1cV8yq7p0nLr2sT4uW6xA8bC1dE3fG5hI"
   */
  creditId?: string;

  /**
   * Position of the update in the request; in batches only.
   * @example 0
   */
  @ApiPropertyOptional({ type: 'integer' })
  index?: number;

  /**
   * True where this is the earlier outcome under the `idempotencyKey` of the item, and nothing was sent now.
   * @example true
   */
  replayed?: boolean;

  /**
   * How many bulk calls carried the update.
   * @example 1
   */
  @ApiProperty({ type: 'integer' })
  attempts: number;

  /**
   * The vendor's id of the last of them.
   * @example "a6f0c2d1"
   */
  upstreamRequestId?: string;
}

/** The vendor says so, perhaps with warnings. */
export class UpdatedDto extends SentDto {
  /** What became of the update. */
  @ApiProperty({ enum: ['updated'], example: 'updated' })
  outcome: 'updated';

  /**
   * The vendor's id of the customer, where it returns one.
   * @example 409966467
   */
  @ApiPropertyOptional({ type: 'integer' })
  customerId?: number;

  /** All identifiers of the customer that the vendor returns. */
  identifiers: ReturnedIdentifierDto[];

  /** What failed beside the update, which was applied. */
  warnings: WarningDto[];

  /** One outcome per child, in the order sent. */
  children: ChildOutcomeDto[];
}

/** Refused for good, by us or by the vendor: unchanged, it would be refused again. */
export class RejectedDto extends SentDto {
  /** What became of the update. */
  @ApiProperty({ enum: ['rejected'], example: 'rejected' })
  outcome: 'rejected';

  /** All that is wrong with it. */
  errors: OutcomeErrorDto[];
}

/** Not applied: it may be sent again. */
export class FailedDto extends SentDto {
  /** What became of the update. */
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

  /**
   * Nothing was changed, so it may be sent again.
   * @example true
   */
  retryable: boolean;

  /** All that is wrong with it. */
  errors: OutcomeErrorDto[];
}

/** May or may not have been applied. */
export class UnknownDto extends SentDto {
  /** What became of the update. */
  @ApiProperty({ enum: ['unknown'], example: 'unknown' })
  outcome: 'unknown';

  /**
   * Why the outcome is unknown.
   * @example "connection lost after the call was written"
   */
  reason: string;

  /**
   * Whether the same update may be sent again without harm.
   * @example true
   */
  retryable: boolean;

  /** What the vendor says of a later attempt: it does not prove that an earlier one was not applied. */
  errors?: OutcomeErrorDto[];

  /** Set where it was sent again without its points, and the vendor says that everything else was applied. */
  @ApiPropertyOptional({ enum: ['all-but-points'], example: 'all-but-points' })
  applied?: 'all-but-points';
}

export type OutcomeDto = UpdatedDto | RejectedDto | FailedDto | UnknownDto;

/** The OpenAPI schema of an outcome. Its title makes it a schema of its own in the document. */
export const OUTCOME_SCHEMA = {
  title: 'Outcome',
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
};

/** How many updates came to what. */
export class SummaryDto {
  /**
   * How many updates the request held.
   * @example 2
   */
  @ApiProperty({ type: 'integer' })
  total: number;

  /**
   * How many were updated.
   * @example 1
   */
  @ApiProperty({ type: 'integer' })
  updated: number;

  /**
   * How many were rejected, by us or by the vendor.
   * @example 1
   */
  @ApiProperty({ type: 'integer' })
  rejected: number;

  /**
   * How many were not applied and may be sent again.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  failed: number;

  /**
   * How many may or may not have been applied.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  unknown: number;
}

/** The answer to many updates. */
export class BatchAnswerDto {
  /** How many updates came to what. */
  summary: SummaryDto;

  /** One outcome per update, in the order sent. */
  @ApiProperty({ type: 'array', items: OUTCOME_SCHEMA })
  outcomes: OutcomeDto[];
}
