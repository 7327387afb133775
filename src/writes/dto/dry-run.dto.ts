import { ApiProperty } from '@nestjs/swagger';
import { OutcomeErrorDto } from './outcome.dto.js';

/** A bulk call as it would be sent. */
export class PlannedCallDto {
  /**
   * HTTP method.
   * @example PUT
   */
  method: string;

  /**
   * Where it would go.
   * @example "https://eu.api.example.com/v2/bulk?source=INSTORE"
   */
  url: string;

  /** Without the credentials. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { 'Content-Type': 'application/json', Accept: 'application/json' },
  })
  headers: Readonly<Record<string, string>>;

  /** In the vendor's spelling. */
  @ApiProperty({
    type: 'array',
    items: { type: 'object' },
    example: [{ loyaltyInfo: { loyaltyType: 'loyalty' } }],
  })
  body: unknown;

  /**
   * The positions in the request of the updates that stand in this call, in its order.
   * @example [0]
   */
  @ApiProperty({ type: 'array', items: { type: 'integer' }, example: [0] })
  updates: readonly number[];

  /**
   * Calls of one wave go side by side; a later wave waits for the earlier ones.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  wave: number;
}

/** An element that would not be sent. */
export class InvalidElementDto {
  /**
   * Position in the request.
   * @example 1
   */
  @ApiProperty({ type: 'integer' })
  index: number;

  /** All mistakes in it. */
  errors: OutcomeErrorDto[];
}

/** Something that may go otherwise than the caller expects. */
export class DoubtDto {
  /**
   * Position in the request.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  index: number;

  /**
   * What may happen.
   * @example "it credits points: if its answer is lost, it is not sent again and the outcome is unknown"
   */
  message: string;
}

/** What a dry run answers. Nothing was sent. */
export class DryRunDto {
  /**
   * Always true: nothing was sent.
   * @example true
   */
  dryRun: boolean;

  /** The bulk calls, in the order in which they would be sent. */
  calls: PlannedCallDto[];

  /**
   * How many calls of the vendor's minute it would cost, without retries; a call for a token may come on top.
   * @example 1
   */
  @ApiProperty({ type: 'integer' })
  callCount: number;

  /** The elements that are not valid and would be skipped; only with onInvalid=skip, else they are the problem. */
  invalid: InvalidElementDto[];

  /** What the service is not sure of. */
  doubts: DoubtDto[];
}
