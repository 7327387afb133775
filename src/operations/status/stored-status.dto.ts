import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  type ImportKind,
  type ImportState,
  WAITING_FOR,
  type WaitingFor,
} from '../../records/imports.repository.js';

/** An instance that has reported in the database. */
export class SeenInstanceDto {
  /** The id of the process. */
  @ApiProperty({ format: 'uuid' })
  id: string;

  /**
   * The version of the service.
   * @example 0.1.0
   */
  version: string;

  /** When the process started. */
  @ApiProperty({ format: 'date-time' })
  startedAt: string;

  /** When it reported last; each does so every 15 s. */
  @ApiProperty({ format: 'date-time' })
  lastSeenAt: string;

  /** Whether it has not reported for a minute, and did not end by a signal. */
  isMissing: boolean;

  /** Whether it is the one that answers. */
  isThis: boolean;
}

/** An import that has not ended. */
export class StatusImportDto {
  /** The id of the import. */
  @ApiProperty({ format: 'uuid' })
  id: string;

  /** What its lines update. */
  @ApiProperty({
    enum: ['customers', 'memberships', 'enrollments', 'associations', 'updates'],
    example: 'customers',
  })
  kind: ImportKind;

  /** Its state. */
  @ApiProperty({ enum: ['queued', 'running', 'paused', 'cancelling'], example: 'running' })
  state: ImportState;

  /** Why lines wait now, as in `GET /v1/imports/{id}`; absent while the import progresses. */
  @ApiPropertyOptional({ enum: WAITING_FOR, example: 'breaker' })
  waitingFor?: WaitingFor;

  /**
   * Lines that contain an update.
   * @example 1000
   */
  @ApiProperty({ type: 'integer' })
  total: number;

  /**
   * Lines with a result.
   * @example 995
   */
  @ApiProperty({ type: 'integer' })
  settled: number;

  /** When the upload began. */
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

/** Imports of all instances and callers. */
export class StatusImportsDto {
  /** How many imports are in each state. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { running: 1, completed: 12 },
  })
  byState: Partial<Record<ImportState, number>>;

  /** Those that have not ended, the oldest first; at most 20. */
  inProgress: StatusImportDto[];
}

/** Credits of unknown fate that no one has resolved, of all instances. */
export class StatusCreditsDto {
  /**
   * How many.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  inDoubt: number;

  /**
   * Seconds since the oldest one was recorded; 0 when there is none.
   * @example 0
   */
  oldestSeconds: number;
}

/** The database. */
export class StatusDatabaseDto {
  /** `postgres` is a server, `embedded` is a folder that this process holds. */
  @ApiProperty({ enum: ['postgres', 'embedded'], example: 'postgres' })
  driver: 'postgres' | 'embedded';

  /** Whether it answers. */
  @ApiProperty({ enum: ['up', 'down'], example: 'up' })
  state: 'up' | 'down';

  /** Why it is down, in a fixed sentence; absent while it is up. */
  @ApiPropertyOptional({ example: 'the database cannot be reached' })
  reason?: string;

  /** Time of the shortest statement, in milliseconds; absent before the first one. */
  @ApiPropertyOptional({ type: 'number', example: 0.8 })
  latencyMs?: number;

  /** When imports, credits and instances were read; absent before the first reading. While the database is down they are as old as this. */
  @ApiPropertyOptional({ format: 'date-time' })
  readAt?: string;
}
