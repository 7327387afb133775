import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import { Settings } from '../config/settings.js';
import { StartupError } from '../config/startup-error.js';
import { EventLog } from './event-log.js';
import { HealthRegistry } from './health-registry.js';
import { LineOutput, type LineStream } from './line-output.js';
import { Metrics } from './metrics/metrics.js';

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

/** Limits the events kept in memory while they cannot be written; later ones are lost. */
const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024;

function open(file: string): LineOutput {
  try {
    return new LineOutput(file);
  } catch {
    throw new StartupError('AUDIT_LOG_FILE names a file that cannot be written.');
  }
}

/** Writes audit events to a stream of their own, which no log level silences. */
@Injectable()
export class AuditLog implements OnApplicationShutdown {
  private readonly output: LineOutput;
  private readonly stream: LineStream;
  private readonly pino: Logger;
  private newEvents = 0;
  private readonly onWritten = (): void => {
    this.newEvents -= 1;
  };
  private readonly reopen = (): void => this.output.reopen();

  constructor(
    { AUDIT_LOG_FILE }: Settings,
    standardOutput: LineOutput,
    log: EventLog,
    health: HealthRegistry,
    metrics: Metrics,
  ) {
    this.output = AUDIT_LOG_FILE === undefined ? standardOutput : open(AUDIT_LOG_FILE);
    this.stream = this.output.stream({ maxUnwrittenBytes: MAX_UNWRITTEN_BYTES, holdMs: 0 });
    this.output.on('fault', (error) => log.fault('audit.not-written', error));
    this.output.on('recovered', () => {
      log.write('info', 'audit.written-again', { lostCount: this.stream.takeLostCount() });
    });
    health.register(
      'audit',
      () => (this.output.hasFault ? 'audit events cannot be written' : undefined),
      'free the disk of AUDIT_LOG_FILE, or start the reader of standard output',
    );
    metrics.readOne('meniscus_audit_events_not_written_total', () => this.stream.totalLostCount);
    metrics.readOne('meniscus_audit_write_failing', () => (this.output.hasFault ? 1 : 0));
    this.pino = pino({ base: { service: 'meniscus', audit: true } }, this.stream);
    // Without this, the signal would end the process.
    process.on('SIGHUP', this.reopen);
  }

  /** Whether an event has not been offered to the file or the reader yet. */
  get hasNewEvents(): boolean {
    return this.newEvents > 0;
  }

  write(event: string, facts: AuditFacts): void {
    this.pino.info({ event, ...facts });
    this.newEvents += 1;
    this.output.whenWritten(this.onWritten);
  }

  /** Calls back when the events so far are written, or kept until they can be. */
  whenWritten(done: () => void): void {
    this.output.whenWritten(done);
  }

  onApplicationShutdown(): void {
    process.off('SIGHUP', this.reopen);
    this.output.close();
  }
}
