import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger, destination, pino } from 'pino';
import { Settings } from '../config/settings.js';
import { StartupError } from '../config/startup-error.js';
import { EventLog } from './event-log.js';
import { HealthRegistry } from './health-registry.js';

/** All that an audit event may tell: who did what to whom, and what came of it, in words and ids of ours. */
export interface AuditFacts {
  readonly requestId?: string;
  /** Who is calling, as logs call it; absent where nobody knows. */
  readonly principal?: string | undefined;
  /** Where a refused call came from, hashed. */
  readonly address?: string;
  readonly method?: string;
  readonly endpoint?: string;
  /** What it is about: the id of an import, of a credit in doubt, or of an erasure. */
  readonly target?: string;
  readonly status?: number;
  /** The type of the problem that was answered, or the kind of a fault. */
  readonly problem?: string;
  /** Whether the answer under an Idempotency-Key was given again, and nothing done. */
  readonly replayed?: true;
  /** Why, in a fixed word of ours. */
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

/** What is kept in memory of events that cannot be written; later ones are lost, and the service is not ready. */
const MOST_UNWRITTEN_BYTES = 16 * 1024 * 1024;

const TRY_AGAIN_EVERY_MS = 5000;

/** For whoever runs the service, and nobody else on the machine. */
const OWNER_ONLY = 0o600;

function open(file: string | undefined) {
  try {
    // Each event is written before its request is answered, so that a killed process has told all that it did.
    return destination({
      dest: file ?? STANDARD_OUTPUT,
      append: true,
      mode: OWNER_ONLY,
      sync: true,
      maxLength: MOST_UNWRITTEN_BYTES,
    });
  } catch {
    throw new StartupError('AUDIT_LOG_FILE names a file that cannot be written.');
  }
}

/** Who did what: a stream of its own, which no log level silences. */
@Injectable()
export class AuditLog implements OnApplicationShutdown {
  private readonly stream: ReturnType<typeof open>;
  private readonly pino: Logger;
  /** Tries again what could not be written; undefined while all is. */
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
      this.failing ??= setInterval(() => this.tryAgain(), TRY_AGAIN_EVERY_MS).unref();
    });
    health.register('audit', () => this.failing && 'audit events cannot be written');
    this.pino = pino({ base: { service: 'meniscus', audit: true } }, this.stream);
    if (AUDIT_LOG_FILE !== undefined) process.on('SIGHUP', this.reopen);
  }

  write(event: string, facts: AuditFacts): void {
    this.pino.info({ event, ...facts });
  }

  private tryAgain(): void {
    try {
      this.stream.flushSync();
    } catch {
      return; // told when it began
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
