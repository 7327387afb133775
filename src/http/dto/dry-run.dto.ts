import { ApiProperty } from '@nestjs/swagger';

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
}
