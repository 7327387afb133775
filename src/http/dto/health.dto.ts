import { ApiProperty } from '@nestjs/swagger';

export class LivenessDto {
  /**
   * Always `live`.
   * @example live
   */
  status: string;
}

export class ReadinessDto {
  /**
   * `ready` or `not-ready`.
   * @example ready
   */
  status: string;

  /** The reason for each component that is not ready. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { delivery: 'shutting down' },
  })
  reasons: Record<string, string>;
}
