import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { FAULTS, type Fault, STATES, type State, StatusReasonDto } from './status-reason.dto.js';
import {
  SeenInstanceDto,
  StatusCreditsDto,
  StatusDatabaseDto,
  StatusImportsDto,
} from './stored-status.dto.js';

/** The process that answers. */
export class StatusInstanceDto {
  /** The id of the process, new at each start. */
  @ApiProperty({ format: 'uuid' })
  id: string;

  /**
   * The version of the service.
   * @example 0.1.0
   */
  version: string;

  /**
   * The version of Node.
   * @example v24.1.0
   */
  nodeVersion: string;

  /** When the process started. */
  @ApiProperty({ format: 'date-time' })
  startedAt: string;

  /**
   * Seconds since then.
   * @example 86400
   */
  @ApiProperty({ type: 'integer' })
  uptimeSeconds: number;
}

/** What calls of one kind may carry at most: as configured, or less as learned from the vendor. */
export class CallSizeDto {
  /**
   * The most updates.
   * @example 100
   */
  @ApiProperty({ type: 'integer' })
  updates: number;

  /**
   * The most bytes.
   * @example 1000000
   */
  @ApiProperty({ type: 'integer' })
  bytes: number;
}

/** What calls may carry at most, by the kind of their updates. */
export class CallSizesDto {
  /** Of updates of customers. */
  customer: CallSizeDto;

  /** Of associations in a hierarchy. */
  association: CallSizeDto;
}

/** The vendor, as this instance sees it. */
export class StatusVendorDto {
  /** The circuit breaker: `closed` lets calls through, `open` none, `half-open` one that decides. */
  @ApiProperty({ enum: ['closed', 'open', 'half-open'], example: 'closed' })
  breaker: 'closed' | 'open' | 'half-open';

  /**
   * Why the latest call found no connection, as `certificate-expired` or `name-not-found`; `no-fault` if it found one.
   * @example no-fault
   */
  connection: string;

  /**
   * Why the latest bulk call failed, as `answer-timeout` or `upstream-error`; `no-fault` if it did not. Calls that the
   * vendor refused for their pace or for our credentials do not count.
   * @example no-fault
   */
  latestCall: string;

  /**
   * Milliseconds that bulk calls take: the average of the latest ones, or for how long none has ended while some are open.
   * @example 120
   */
  @ApiProperty({ type: 'integer' })
  callMs: number;

  /** Whether the vendor accepted our credentials at the last call. */
  @ApiProperty({ enum: ['unused', 'accepted', 'refused', 'unavailable'], example: 'accepted' })
  credentials: 'unused' | 'accepted' | 'refused' | 'unavailable';

  /** Calls a minute that are configured; null without a limit. */
  @ApiProperty({ type: 'integer', nullable: true, example: 300 })
  callsPerMinute: number | null;

  /** Calls that are left in this minute, as this instance counts them; null without a limit. */
  @ApiProperty({ type: 'integer', nullable: true, example: 287 })
  callsLeft: number | null;

  /**
   * Milliseconds until the calls a minute, or the learned pace, allow the next call; 0 when they allow it now.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  nextCallInMs: number;

  /**
   * Calls of the last minute that the vendor answered with 429.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  paceRefusals: number;

  /** The pace in calls a minute that was learned after the vendor answered 429; null while none is. */
  @ApiProperty({ type: 'integer', nullable: true, example: null })
  learnedCallsPerMinute: number | null;

  /** What a call may carry at most, as configured or as learned from the vendor. */
  callSizes: CallSizesDto;

  /**
   * Calls that may be made now for retries alone.
   * @example 30
   */
  @ApiProperty({ type: 'integer' })
  retryCalls: number;
}

/** The updates of one class that wait or are in flight. */
export class PendingClassDto {
  /**
   * How many.
   * @example 12
   */
  @ApiProperty({ type: 'integer' })
  count: number;

  /**
   * Their bytes in bulk calls.
   * @example 3600
   */
  @ApiProperty({ type: 'integer' })
  bytes: number;

  /**
   * Seconds since the oldest one was submitted; 0 when there is none.
   * @example 0.4
   */
  oldestSeconds: number;
}

/** The updates that wait or are in flight in this instance. */
export class PendingDto {
  /** Those of callers who wait. */
  interactive: PendingClassDto;

  /** Those of imports. */
  background: PendingClassDto;
}

/** What could not be written since this process started. */
export class LostLinesDto {
  /**
   * Lines of the log that no reader took in time.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  logLines: number;

  /**
   * Audit events.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  auditEvents: number;
}

/** How late the event loop of this process was in the last 10 to 20 seconds. */
export class EventLoopDto {
  /**
   * The median, in milliseconds. A long turn now and then is no overload, a long median is.
   * @example 0.3
   */
  medianMs: number;

  /**
   * The 99th percentile, in milliseconds.
   * @example 4
   */
  p99Ms: number;

  /**
   * The longest, in milliseconds.
   * @example 12
   */
  maxMs: number;
}

/** What one caller asked of this instance in the last five minutes. */
export class StatusCallerDto {
  /**
   * Its name in logs: a key by its name, a token by a hash of its subject; `none` for requests that were not authenticated, `other` for
   * callers beyond the first 50 of a kind.
   * @example "api-key:shop"
   */
  principal: string;

  /**
   * Its requests.
   * @example 600
   */
  @ApiProperty({ type: 'integer' })
  requests: number;

  /**
   * Those that were answered with 429.
   * @example 120
   */
  @ApiProperty({ type: 'integer' })
  limited: number;

  /**
   * Those that were answered with another status from 400 to 499.
   * @example 3
   */
  @ApiProperty({ type: 'integer' })
  refused: number;

  /**
   * Those that were answered with a status from 500.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  failed: number;
}

/** The state of the service, and who has to act. */
export class StatusDto {
  /**
   * The most serious state of the reasons. `ok`: there is none. `attention`: requests are served, a person should look.
   * `degraded`: some requests are slow or refused. `failing`: a part of the service does not work.
   */
  @ApiProperty({ enum: STATES, example: 'ok' })
  state: State;

  /** Who has to act about the first reason: the operators of this service, the vendor, a caller, or `none`. */
  @ApiProperty({ enum: FAULTS, example: 'none' })
  fault: Fault;

  /** What is not as it should be, the most serious first. */
  reasons: StatusReasonDto[];

  /** When this was put together. */
  @ApiProperty({ format: 'date-time' })
  at: string;

  /** The process that answers. */
  instance: StatusInstanceDto;

  /** The instances that have reported within the last hour, at most 100; absent before the first reading. */
  @ApiPropertyOptional({ type: [SeenInstanceDto] })
  instances?: SeenInstanceDto[];

  /** The vendor, as this instance sees it. */
  vendor: StatusVendorDto;

  /** The updates that wait or are in flight in this instance. */
  pending: PendingDto;

  /** Imports of all instances; absent before the first reading. */
  @ApiPropertyOptional({ type: StatusImportsDto })
  imports?: StatusImportsDto;

  /** Credits in doubt of all instances; absent before the first reading. */
  @ApiPropertyOptional({ type: StatusCreditsDto })
  credits?: StatusCreditsDto;

  /** The database. */
  database: StatusDatabaseDto;

  /** What this process could not write. */
  lost: LostLinesDto;

  /** How late the event loop of this process is. */
  eventLoop: EventLoopDto;

  /** The callers of this instance in the last five minutes, at most 10: those with the most limited, refused and failed requests first, then those with the most requests. */
  callers: StatusCallerDto[];
}
