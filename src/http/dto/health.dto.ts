import { ApiProperty } from '@nestjs/swagger';

export class LivenessDto {
  /**
   * Always `live`.
   * @example live
   */
  status: string;
}

export class VendorStateDto {
  /**
   * The circuit breaker: `closed` lets calls through, `open` none, `half-open` one that decides.
   * @example closed
   */
  @ApiProperty({ enum: ['closed', 'open', 'half-open'] })
  breaker: string;

  /**
   * Why the latest call found no connection, as `certificate-expired` or `name-not-found`; `no-fault` if it found one.
   * @example no-fault
   */
  connection: string;

  /**
   * Whether the vendor accepted our credentials at the last call.
   * @example accepted
   */
  @ApiProperty({ enum: ['unused', 'accepted', 'refused', 'unavailable'] })
  credentials: string;

  /**
   * How many calls are left in this minute, as this instance counts them; null without a limit.
   * @example 287
   */
  @ApiProperty({ type: 'integer', nullable: true })
  budgetLeft: number | null;
}

export class ReadinessDto {
  /**
   * `ready` or `not-ready`.
   * @example ready
   */
  status: string;

  /** For each component that is not ready, why, and what to do. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { service: 'shutting down; send requests to another instance' },
  })
  reasons: Record<string, string>;

  /** The state of the vendor, for information. It does not decide about `status`: another instance would meet the same. */
  vendor: VendorStateDto | undefined;
}
