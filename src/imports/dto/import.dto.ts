import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsUUID, Max, Min } from 'class-validator';
import { SOURCES, type Source } from '../../config/vendor-enums.js';
import { BatchQueryDto } from '../../writes/dto/route-query.dto.js';
import { Optional } from '../../validation/validate-as.js';
import type { ImportKind, ImportState } from '../../records/imports.repository.js';
import type { ResultOutcome } from '../../records/import-rows.repository.js';
import { IMPORT_KINDS } from '../import-kinds.js';

const STATES: ImportState[] = ['queued', 'running', 'paused', 'cancelling', 'cancelled', 'completed'];
const OUTCOMES: ResultOutcome[] = ['updated', 'rejected', 'failed', 'unknown'];

/** Imports in one page. Our bounds. */
const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;

/** What an upload is to become. */
export class ImportQueryDto extends BatchQueryDto {
  /** What each line is: the body of one customer update, membership, enrolment or association. */
  @ApiProperty({ enum: IMPORT_KINDS, example: 'customers' })
  @IsIn(IMPORT_KINDS)
  kind: ImportKind;
}

/** Which imports to list. */
export class ImportListQueryDto {
  /** Most imports in the answer. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })
  @Optional()
  @Type(() => Number)
  @Max(MAX_PAGE)
  @Min(1)
  @IsInt()
  limit: number = DEFAULT_PAGE;

  /** The id of the last import of the page before: `next` of its answer. */
  @ApiPropertyOptional({ format: 'uuid' })
  @Optional()
  @IsUUID()
  after?: string;
}

/** Which results to list. */
export class ResultQueryDto {
  /** Only lines with this outcome. */
  @ApiPropertyOptional({ enum: OUTCOMES })
  @Optional()
  @IsIn(OUTCOMES)
  outcome?: ResultOutcome;
}

/** An import and how far it is. */
export class ImportDto {
  /**
   * Its id.
   * @example "0b8f6a52-3f0e-4d3c-9d53-2b7d5c1a9e10"
   */
  @ApiProperty({ format: 'uuid' })
  id: string;

  /** What its lines are. */
  @ApiProperty({ enum: IMPORT_KINDS, example: 'customers' })
  kind: ImportKind;

  /** How far it is. `paused`, `cancelling`: what is in flight still ends. */
  @ApiProperty({ enum: STATES, example: 'running' })
  state: ImportState;

  /** Whether one invalid line kept all others from being sent. */
  @ApiProperty({ enum: ['reject', 'skip'], example: 'skip' })
  onInvalid: 'reject' | 'skip';

  /** The source in which customers are updated. */
  @ApiProperty({ enum: SOURCES, example: 'INSTORE' })
  source: Source;

  /** The account within the source. */
  accountId?: string;

  /** The import whose failed lines these are. */
  @ApiPropertyOptional({ format: 'uuid' })
  retryOf?: string;

  /**
   * Lines of the upload, with a header and empty ones.
   * @example 1000
   */
  @ApiProperty({ type: 'integer' })
  lines: number;

  /**
   * Lines that hold an update, or should.
   * @example 1000
   */
  @ApiProperty({ type: 'integer' })
  total: number;

  /**
   * Lines that are not valid and were never sent; they are among the rejected.
   * @example 1
   */
  @ApiProperty({ type: 'integer' })
  invalid: number;

  /**
   * Lines that were applied.
   * @example 990
   */
  @ApiProperty({ type: 'integer' })
  updated: number;

  /**
   * Lines that were refused for good.
   * @example 4
   */
  @ApiProperty({ type: 'integer' })
  rejected: number;

  /**
   * Lines that were not applied and may be tried again.
   * @example 1
   */
  @ApiProperty({ type: 'integer' })
  failed: number;

  /**
   * Lines of which nobody knows whether they were applied.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  unknown: number;

  /**
   * Lines without a result yet.
   * @example 5
   */
  @ApiProperty({ type: 'integer' })
  waiting: number;

  /**
   * The oldest line that waits: at or shortly after it.
   * @example 996
   */
  @ApiPropertyOptional({ type: 'integer' })
  firstWaitingLine?: number;

  /**
   * Bulk calls to the vendor that carried any of its lines; in some of them others rode along.
   * @example 10
   */
  @ApiProperty({ type: 'integer' })
  calls: number;

  /**
   * Lines settled in a minute, since it began or was resumed; absent while it waits to begin.
   * @example 29500
   */
  @ApiPropertyOptional({ type: 'integer' })
  rate?: number;

  /** When it will have ended if it goes on at this rate. */
  @ApiPropertyOptional({ format: 'date-time' })
  estimatedEnd?: string;

  /**
   * Grows with every change.
   * @example 12
   */
  @ApiProperty({ type: 'integer' })
  version: number;

  /** When the upload began. */
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  /** When it ended. */
  @ApiPropertyOptional({ format: 'date-time' })
  finishedAt?: string;

  /** When its lines and results were removed. */
  @ApiPropertyOptional({ format: 'date-time' })
  emptiedAt?: string;
}

/** A page of imports. */
export class ImportsDto {
  /** The newest first. */
  imports: ImportDto[];

  /** What to give as `after` for the next page; absent on the last one. */
  @ApiPropertyOptional({ format: 'uuid' })
  next?: string;
}

/** What an import would be; nothing of it is kept. */
export class ImportPlanDto {
  /**
   * Lines of the upload, with a header and empty ones.
   * @example 1000
   */
  @ApiProperty({ type: 'integer' })
  lines: number;

  /**
   * Lines that would be sent.
   * @example 999
   */
  @ApiProperty({ type: 'integer' })
  valid: number;

  /**
   * Lines that are not valid.
   * @example 1
   */
  @ApiProperty({ type: 'integer' })
  invalid: number;

  /**
   * Lines for a customer of an earlier line; they wait for one another. With comparedIdentifiers, at least so many.
   * @example 3
   */
  @ApiProperty({ type: 'integer' })
  repeatedCustomers: number;

  /**
   * Where the upload names more identifiers than a dry run remembers: among how many repeated customers were looked for.
   * @example 100000
   */
  @ApiPropertyOptional({ type: 'integer' })
  comparedIdentifiers?: number;

  /**
   * Points that would be credited in all.
   * @example 7500
   */
  @ApiProperty({ type: 'integer' })
  points: number;

  /**
   * Bulk calls that it needs at least.
   * @example 10
   */
  @ApiProperty({ type: 'integer' })
  calls: number;

  /**
   * Minutes that these calls take of UPSTREAM_CALLS_PER_MINUTE, where nobody else needs any; 0 without a limit.
   * @example 1
   */
  @ApiProperty({ type: 'number' })
  minutes: number;
}
