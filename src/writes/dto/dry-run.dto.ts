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
   * The positions in the request of the updates in this call, in its order.
   * @example [0]
   */
  @ApiProperty({ type: 'array', items: { type: 'integer' }, example: [0] })
  updates: readonly number[];

  /**
   * Calls of one wave are sent concurrently; a later wave waits for the earlier ones.
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

/** A way in which the result may differ from what the caller expects. */
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

/** The response to a dry run. Nothing was sent. */
export class DryRunDto {
  /**
   * Always true: nothing was sent.
   * @example true
   */
  dryRun: boolean;

  /** The bulk calls, in the order in which they would be sent. */
  calls: PlannedCallDto[];

  /**
   * How many calls of the vendor's quota it would cost, without retries; a call for a token may be added.
   * @example 1
   */
  @ApiProperty({ type: 'integer' })
  callCount: number;

  /** The elements that are not valid and would be skipped; only with onInvalid=skip, otherwise the problem lists them. */
  invalid: InvalidElementDto[];

  /** What the vendor may not do as asked. */
  doubts: DoubtDto[];
}
