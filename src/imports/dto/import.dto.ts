import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsUUID, Max, Min } from 'class-validator';
import { SOURCES, type Source } from '../../config/vendor-enums.js';
import { BatchQueryDto } from '../../writes/dto/route-query.dto.js';
import { OutcomeErrorDto } from '../../writes/dto/outcome.dto.js';
import { Optional } from '../../validation/validate-as.js';
import { WAITING_FOR } from '../../records/imports.repository.js';
import type { ImportKind, ImportState, WaitingFor } from '../../records/imports.repository.js';
import type { ResultOutcome } from '../../records/import-rows.repository.js';
import { IMPORT_KINDS } from '../import-kinds.js';
import { SEPARATOR_NAMES, type SeparatorName } from '../upload/upload-format.js';
import { UploadFormatDto } from './upload-format.dto.js';

const STATES: ImportState[] = [
  'queued',
  'running',
  'paused',
  'cancelling',
  'cancelled',
  'completed',
  'refused',
];
const OUTCOMES: ResultOutcome[] = ['updated', 'rejected', 'failed', 'unknown'];

/** How many imports a page holds. Our bounds. */
const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;

/** How an upload is imported. */
export class ImportQueryDto extends BatchQueryDto {
  /** What each line contains: the body of one customer update, membership, enrollment, association, or update of everything. */
  @ApiProperty({ enum: IMPORT_KINDS, example: 'customers' })
  @IsIn(IMPORT_KINDS)
  kind: ImportKind;

  /** What separates the cells of CSV; without it, recognized from the header or a `sep=` line. */
  @ApiPropertyOptional({ enum: SEPARATOR_NAMES })
  @Optional()
  @IsIn(SEPARATOR_NAMES)
  separator?: SeparatorName;

  /** `accept` takes the cells that a row of CSV does not have as empty; otherwise the row is not valid, as it may have been cut off. */
  @ApiPropertyOptional({ enum: ['accept', 'reject'], default: 'reject' })
  @Optional()
  @IsIn(['accept', 'reject'])
  shortRows?: 'accept' | 'reject';

  /** `accept` takes line breaks in CSV cells of `fields` and `extendedFields`; otherwise the row is not valid, as a stray quote swallows rows. */
  @ApiPropertyOptional({ enum: ['accept', 'reject'], default: 'reject' })
  @Optional()
  @IsIn(['accept', 'reject'])
  lineBreaks?: 'accept' | 'reject';
}

/** Which imports to list. */
export class ImportListQueryDto {
  /** The maximum number of imports in the response. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })
  @Optional()
  @Type(() => Number)
  @Max(MAX_PAGE)
  @Min(1)
  @IsInt()
  limit: number = DEFAULT_PAGE;

  /** The id of the last import of the previous page: `next` in its response. */
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

  /**
   * `repair`: the rows of a CSV upload that were not updated, as CSV with the columns `outcome` and `reason` before their
   * own, to be corrected and uploaded again.
   */
  @ApiPropertyOptional({ enum: ['repair'] })
  @Optional()
  @IsIn(['repair'])
  form?: 'repair';
}

/** What is wrong with one line. */
export class LineMistakesDto {
  /**
   * The number of the line.
   * @example 7
   */
  @ApiProperty({ type: 'integer' })
  line: number;

  /** All mistakes of the line, as in its result. */
  errors: OutcomeErrorDto[];
}

/** An import with its progress. */
export class ImportDto {
  /**
   * Its id.
   * @example "0b8f6a52-3f0e-4d3c-9d53-2b7d5c1a9e10"
   */
  @ApiProperty({ format: 'uuid' })
  id: string;

  /** What its lines contain. */
  @ApiProperty({ enum: IMPORT_KINDS, example: 'customers' })
  kind: ImportKind;

  /**
   * The state of the import. In `paused` and `cancelling`, calls in flight still end. `refused`: nothing was sent, as a line
   * is not valid and `onInvalid` is `reject`.
   */
  @ApiProperty({ enum: STATES, example: 'running' })
  state: ImportState;

  /** Why the import was refused, and what to do; absent in all other states. */
  detail?: string;

  /**
   * Why lines wait now; absent while the import progresses and when it has ended. It goes on by itself, but for
   * `credentials` and `configuration`, which an operator may have to correct.
   *
   * - `breaker`: most calls to the vendor fail, so only one is tried now and then.
   * - `budget`: the calls per minute are used up.
   * - `credentials`: the vendor issues no token, or refuses it.
   * - `configuration`: the vendor's address, its certificate or our access is wrong.
   * - `vendor`: the vendor or its gateway cannot be reached, is busy, or fails.
   * - `database`: credits cannot be recorded, so they are not sent.
   * - `queue`: as many updates wait in this service as may.
   * - `retries`: the vendor could not process single lines; they are sent again after a while.
   */
  @ApiPropertyOptional({ enum: WAITING_FOR, example: 'breaker' })
  waitingFor?: WaitingFor;

  /** Whether one invalid line rejects the whole import (`reject`), or only itself (`skip`). */
  @ApiProperty({ enum: ['reject', 'skip'], example: 'skip' })
  onInvalid: 'reject' | 'skip';

  /** The source in which customers are updated. */
  @ApiProperty({ enum: SOURCES, example: 'INSTORE' })
  source: Source;

  /** The account within the source. */
  accountId?: string;

  /** The import that these failed lines come from. */
  @ApiPropertyOptional({ format: 'uuid' })
  retryOf?: string;

  /** The import of the lines that failed here: an import can be retried once. */
  @ApiPropertyOptional({ format: 'uuid' })
  retriedBy?: string;

  /**
   * Lines of the upload, including a header and empty lines.
   * @example 1000
   */
  @ApiProperty({ type: 'integer' })
  lines: number;

  /**
   * Lines that contain an update, valid or not.
   * @example 1000
   */
  @ApiProperty({ type: 'integer' })
  total: number;

  /**
   * Lines that are not valid and were never sent. `rejected` includes them.
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
   * Lines that were rejected. A retry would be rejected again.
   * @example 4
   */
  @ApiProperty({ type: 'integer' })
  rejected: number;

  /**
   * Lines that were not applied and may be retried.
   * @example 1
   */
  @ApiProperty({ type: 'integer' })
  failed: number;

  /**
   * Lines that may or may not have been applied.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  unknown: number;

  /**
   * Lines with a result that were sent to the vendor at least once; absent for imports of earlier versions.
   * @example 994
   */
  @ApiPropertyOptional({ type: 'integer' })
  sent?: number;

  /**
   * Lines without a result yet.
   * @example 5
   */
  @ApiProperty({ type: 'integer' })
  waiting: number;

  /**
   * The first line without a result, or a line shortly before it.
   * @example 996
   */
  @ApiPropertyOptional({ type: 'integer' })
  firstWaitingLine?: number;

  /**
   * Bulk calls to the vendor with lines of this import. Some also carried other updates.
   * @example 10
   */
  @ApiProperty({ type: 'integer' })
  calls: number;

  /**
   * Lines settled per minute since the import began or was resumed; absent before it begins.
   * @example 29500
   */
  @ApiPropertyOptional({ type: 'integer' })
  rate?: number;

  /**
   * When the import will end: at this rate, or at UPSTREAM_CALLS_PER_MINUTE without its reserve if that is slower. Calls that are
   * made again count as often as they were so far; the time for which the vendor may fail does not.
   */
  @ApiPropertyOptional({ format: 'date-time' })
  estimatedEnd?: string;

  /**
   * Increases with every change.
   * @example 12
   */
  @ApiProperty({ type: 'integer' })
  version: number;

  /** When the upload began. */
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  /** When the import ended. */
  @ApiPropertyOptional({ format: 'date-time' })
  finishedAt?: string;

  /** When its lines and results were removed, after IMPORT_RETENTION_MS. */
  @ApiPropertyOptional({ format: 'date-time' })
  emptiedAt?: string;
}

/** The response to an upload. */
export class AcceptedImportDto extends ImportDto {
  /** The lines that are not valid, at most the first 1,000. The results have all. */
  mistakes: LineMistakesDto[];

  /** What was recognized in the upload; absent for NDJSON and JSON. */
  @ApiPropertyOptional({ type: UploadFormatDto })
  format?: UploadFormatDto;
}

/** A page of imports. */
export class ImportsDto {
  /** The imports, newest first. */
  imports: ImportDto[];

  /** The value of `after` for the next page; absent on the last page. */
  @ApiPropertyOptional({ format: 'uuid' })
  next?: string;
}

/** What an import would be. Nothing of it is stored. */
export class ImportPlanDto {
  /**
   * Lines of the upload, including a header and empty lines.
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
   * Lines for a customer of an earlier line; they are sent one after the other. With comparedIdentifiers, this is a lower bound.
   * @example 3
   */
  @ApiProperty({ type: 'integer' })
  repeatedCustomers: number;

  /**
   * How many identifiers were compared to find repeated customers; present if the upload has more than a dry run can compare.
   * @example 100000
   */
  @ApiPropertyOptional({ type: 'integer' })
  comparedIdentifiers?: number;

  /**
   * Points that would be credited in total.
   * @example 7500
   */
  @ApiProperty({ type: 'integer' })
  points: number;

  /**
   * The minimum number of bulk calls.
   * @example 10
   */
  @ApiProperty({ type: 'integer' })
  calls: number;

  /**
   * Minutes until the last of these calls leaves at UPSTREAM_CALLS_PER_MINUTE, without its reserve for other callers; 0 without a
   * limit. Calls of other requests and imports, calls that are made again and the time of the vendor are not counted.
   * @example 0.1
   */
  @ApiProperty({ type: 'number' })
  minutes: number;

  /** The lines that are not valid, at most the first 1,000. */
  mistakes: LineMistakesDto[];

  /** What was recognized in the upload; absent for NDJSON and JSON. */
  @ApiPropertyOptional({ type: UploadFormatDto })
  format?: UploadFormatDto;
}
