import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger, destination, pino } from 'pino';
import { Settings } from '../config/settings.js';
import { StartupError } from '../config/startup-error.js';
import { EventLog } from './event-log.js';
import { HealthRegistry } from './health-registry.js';

/** The fields of an audit event: who did what to which customer, and the outcome, in words and ids of ours. */
export interface AuditFacts {
  readonly requestId?: string;
  /** The name of the principal in logs; absent if the caller is not authenticated. */
  readonly principal?: string | undefined;
  /** The hashed address of a refused caller. */
  readonly address?: string;
  readonly method?: string;
  readonly endpoint?: string;
  /** The id of the import, unknown credit or erasure. */
  readonly target?: string;
  readonly status?: number;
  /** The type of the problem in the response. */
  readonly problem?: string;
  /** Whether a stored answer of an Idempotency-Key was replayed, and nothing was done. */
  readonly replayed?: true;
  /** The reason, a fixed word of ours. */
  readonly because?: string;
  readonly importId?: string;
  readonly itemCount?: number | undefined;
  /** Hashes of identifiers, ten at most. */
  readonly customers?: readonly string[];
  readonly updated?: number | undefined;
  readonly rejected?: number | undefined;
  readonly failed?: number | undefined;
  readonly unknown?: number | undefined;
  /** The vendor's ids of the calls, ten at most. */
  readonly upstreamRequestIds?: readonly string[];
}

const STANDARD_OUTPUT = 1;

/** Limits the events kept in memory while they cannot be written; later ones are lost, and the service is not ready. */
const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024;

const RETRY_EVERY_MS = 5000;

/** Readable and writable only by the user that runs the service. */
const OWNER_ONLY = 0o600;

function open(file: string | undefined) {
  try {
    // Each event is written before its response, so that a killed process has recorded everything it did.
    return destination({
      dest: file ?? STANDARD_OUTPUT,
      append: true,
      mode: OWNER_ONLY,
      sync: true,
      maxLength: MAX_UNWRITTEN_BYTES,
    });
  } catch {
    throw new StartupError('AUDIT_LOG_FILE names a file that cannot be written.');
  }
}

/** Writes audit events to a stream of their own, which no log level silences. */
@Injectable()
export class AuditLog implements OnApplicationShutdown {
  private readonly stream: ReturnType<typeof open>;
  private readonly pino: Logger;
  /** The timer that retries failed writes; undefined while all events are written. */
  private failing: NodeJS.Timeout | undefined;
  private readonly reopen = (): void => {
    try {
      this.stream.reopen();
    } catch (error) {
      this.log.fault('audit.not-reopened', error);
    }
  };

  constructor(
    { AUDIT_LOG_FILE }: Settings,
    private readonly log: EventLog,
    health: HealthRegistry,
  ) {
    this.stream = open(AUDIT_LOG_FILE);
    this.stream.on('error', (error: unknown) => {
      this.log.fault('audit.not-written', error);
      this.failing ??= setInterval(() => this.retry(), RETRY_EVERY_MS).unref();
    });
    health.register('audit', () => this.failing && 'audit events cannot be written');
    this.pino = pino({ base: { service: 'meniscus', audit: true } }, this.stream);
    if (AUDIT_LOG_FILE !== undefined) process.on('SIGHUP', this.reopen);
  }

  write(event: string, facts: AuditFacts): void {
    this.pino.info({ event, ...facts });
  }

  private retry(): void {
    try {
      this.stream.flushSync();
    } catch {
      return; // logged when the failure started
    }
    clearInterval(this.failing);
    this.failing = undefined;
    this.log.write('info', 'audit.written-again', {});
  }

  onApplicationShutdown(): void {
    process.off('SIGHUP', this.reopen);
    clearInterval(this.failing);
    this.stream.flushSync();
  }
}
