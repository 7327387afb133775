import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { UPDATE_PARTS, type UpdatePart } from '../delivery/update.js';
import { MISTAKE_CODES } from './mistake-codes.js';
import { PROBLEM_PAGES } from './problem-catalog.js';

/** The OpenAPI schema of the code of an error: our word, or the vendor's number. docs/problems.md lists the words. */
export const ERROR_CODE_SCHEMA = {
  oneOf: [{ type: 'string' as const, enum: Object.keys(MISTAKE_CODES) }, { type: 'integer' as const }],
  example: 'too-long',
};

export const MISTAKE_PARAMS_SCHEMA = {
  type: 'object' as const,
  additionalProperties: true,
  example: { max: 100 },
};

/** The known types of problems are listed, and a client must expect others. */
const TYPE_SCHEMA = {
  type: 'string' as const,
  format: 'uri-reference',
  example: '/problems/customer-not-found',
  'x-extensible-enum': Object.keys(PROBLEM_PAGES).map((type) => `/problems/${type}`),
};

/** One mistake of the request, or one error of the vendor. */
export class ProblemErrorDto {
  /**
   * JSON Pointer (RFC 6901) to the mistake in the body.
   * @example "/customers/3/identifiers/0/value"
   */
  pointer?: string;

  /**
   * Name of the query parameter with the mistake.
   * @example accountId
   */
  parameter?: string;

  /**
   * Name of the header with the mistake.
   * @example Request-Timeout
   */
  header?: string;

  /**
   * For the header of a CSV: the name of the column, as the header spells it.
   * @example "First Name"
   */
  column?: string;

  /**
   * For the header of a CSV: the position of the column from 1; absent if the column is missing.
   * @example 3
   */
  @ApiPropertyOptional({ type: 'integer' })
  position?: number;

  /**
   * For the header of a CSV: the name that may be meant.
   * @example "firstName"
   */
  suggestion?: string;

  /** For a mistake of the request, a word from a closed list; for an error of the vendor, the vendor's number. */
  @ApiPropertyOptional(ERROR_CODE_SCHEMA)
  code?: string | number;

  /** The parameters of a mistake's code, such as `max` for `too-long`. */
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
   * What is wrong, without a value of the request.
   * @example "must be 7 to 15 digits with the country code, without + or zeros in front"
   */
  message: string;

  /**
   * Path of the page that explains the vendor's code.
   * @example "/problems/customer-not-found"
   */
  type?: string;

  /**
   * HTTP status.
   * @example 404
   */
  @ApiPropertyOptional({ type: 'integer' })
  status?: number;
}

/** Any failure: RFC 9457, `application/problem+json`. */
export class ProblemDto {
  /**
   * Path of the page that explains this type of problem and what to do. `x-extensible-enum` lists the known types; a later
   * version may return others, which a client handles by `status`.
   */
  @ApiProperty(TYPE_SCHEMA)
  type: string;

  /**
   * A short description of the type.
   * @example "There is no such customer"
   */
  title: string;

  /**
   * HTTP status.
   * @example 404
   */
  @ApiProperty({ type: 'integer' })
  status: number;

  /**
   * A description of this case.
   * @example "customer not found in this source"
   */
  detail: string;

  /**
   * The id of this request in the log; also in X-Request-Id.
   * @example "5d0c1f5e-53a5-4f0f-9a3c-0b3b9a3f8f10"
   */
  requestId: string;

  /** Every mistake at once, or every error of the vendor. */
  errors?: ProblemErrorDto[];

  /**
   * For a wrong header of a CSV: all columns that the kind of the import may have, with `<n>` for a position from 0, `<type>`
   * for a type of identifier and `<name>` for the name of a field.
   * @example ["firstName", "cards.<n>.number"]
   */
  columns?: string[];

  /**
   * The vendor's code, if one decided.
   * @example 8015
   */
  @ApiPropertyOptional({ type: 'integer' })
  code?: number;

  /** The outcome of the update; absent if the request was rejected before one was read. */
  @ApiPropertyOptional({ enum: ['rejected', 'failed', 'unknown'], example: 'rejected' })
  outcome?: string;

  /**
   * Whether the same update may be sent again without harm.
   * @example false
   */
  retryable?: boolean;

  /**
   * How the last attempt ended.
   * @example "connection lost after the call was written"
   */
  reason?: string;

  /**
   * Our id of the update; for a while, `GET /v1/updates/{id}` explains what happened to it and why.
   * @example "7c9e6679-7425-40de-944b-e07fc1f90ae7"
   */
  updateId?: string;

  /** Set if the update was sent again without its points, and the vendor confirmed everything else. */
  @ApiPropertyOptional({ enum: ['all-but-points'], example: 'all-but-points' })
  applied?: string;

  /** Whether the points were credited; absent if the update has none. */
  @ApiPropertyOptional({ enum: ['no', 'unknown'], example: 'unknown' })
  pointsCredited?: string;

  /**
   * The id of the credit in `GET /v1/loyalty/unknown-credits`, if it is unknown whether the points were credited.
   * @example "key:Yq3mZ0x6Jd1cV8yq7p0nLr2sT4uW6xA8bC1dE3fG5hI"
   */
  creditId?: string;

  /**
   * For `points-limit`: how many points the key may still credit today.
   * @example 250
   */
  @ApiPropertyOptional({ type: 'integer' })
  pointsLeft?: number;

  /** For `points-limit`: when that day ends, and the whole maximum is available again. */
  @ApiPropertyOptional({ format: 'date-time', example: '2027-02-01T00:00:00.000Z' })
  dayEndsAt?: string;

  /**
   * How many bulk calls carried the update.
   * @example 1
   */
  @ApiPropertyOptional({ type: 'integer' })
  attempts?: number;

  /**
   * The vendor's id of the last bulk call.
   * @example "a6f0c2d1"
   */
  upstreamRequestId?: string;

  /** The import that retries this one: only a first retry is accepted. */
  @ApiPropertyOptional({ format: 'uuid' })
  retriedBy?: string;
}
