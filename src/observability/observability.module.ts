import { Global, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { Settings } from '../config/settings.js';
import { AppLogger } from './app-logger.js';
import { AuditLog } from './audit-log.js';
import { EventLog } from './event-log.js';
import { HealthRegistry } from './health-registry.js';
import { Instance } from './instance.js';
import { KeyedHash } from './keyed-hash.js';
import { LineOutput } from './line-output.js';
import { createLogger } from './logger.js';
import { FactCounts } from './metrics/count-facts.js';
import { MetricsText } from './metrics/exposition.js';
import { Metrics } from './metrics/metrics.js';
import { ProcessMetrics } from './metrics/process-metrics.js';
import { RecentCallers } from './recent-callers.js';
import { RecentLoopDelay } from './recent-loop-delay.js';
import { Traces, createTraces } from './tracing/traces.js';

/** The token of pino's logger, which has no class of its own. */
const LOGGER = Symbol('logger');

/** Limits the lines kept in memory while no one reads them. */
const MAX_UNWRITTEN_BYTES = 4 * 1024 * 1024;

/** Lines wait so long for others: each write costs as much as all the other work on a line. */
const HOLD_MS = 50;

function logTo(settings: Settings, output: LineOutput, metrics: Metrics): Logger {
  const stream = output.stream({ maxUnwrittenBytes: MAX_UNWRITTEN_BYTES, holdMs: HOLD_MS });
  const logger = createLogger(settings, stream);
  metrics.readOne('meniscus_log_lines_lost_total', () => stream.totalLostCount);
  output.on('recovered', () => {
    const lostCount = stream.takeLostCount();
    if (lostCount > 0) logger.warn({ event: 'log.lines-lost', lostCount });
  });
  return logger;
}

/** Logs, audit events, traces, health, metrics and hashed names. */
@Global()
@Module({
  providers: [
    { provide: LineOutput, useFactory: () => new LineOutput() },
    { provide: LOGGER, inject: [Settings, LineOutput, Metrics], useFactory: logTo },
    { provide: AppLogger, inject: [LOGGER], useFactory: (logger: Logger) => new AppLogger(logger) },
    {
      provide: EventLog,
      inject: [LOGGER, FactCounts],
      useFactory: (logger: Logger, counts: FactCounts) => new EventLog(logger, counts),
    },
    FactCounts,
    Metrics,
    MetricsText,
    ProcessMetrics,
    Instance,
    RecentCallers,
    RecentLoopDelay,
    { provide: Traces, inject: [Settings, EventLog], useFactory: createTraces },
    AuditLog,
    HealthRegistry,
    KeyedHash,
  ],
  exports: [
    AppLogger,
    AuditLog,
    EventLog,
    HealthRegistry,
    Instance,
    KeyedHash,
    Metrics,
    MetricsText,
    RecentCallers,
    RecentLoopDelay,
    Traces,
  ],
})
export class ObservabilityModule {}
