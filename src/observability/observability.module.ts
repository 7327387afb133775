import { Global, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { Settings } from '../config/settings.js';
import { AppLogger } from './app-logger.js';
import { AuditLog } from './audit-log.js';
import { EventLog } from './event-log.js';
import { HealthRegistry } from './health-registry.js';
import { KeyedHash } from './keyed-hash.js';
import { createLogger } from './logger.js';

/** The token of pino's logger, which has no class of its own. */
const LOGGER = Symbol('logger');

/** Logs, audit events, health and hashed names. */
@Global()
@Module({
  providers: [
    { provide: LOGGER, inject: [Settings], useFactory: (settings: Settings) => createLogger(settings) },
    { provide: AppLogger, inject: [LOGGER], useFactory: (logger: Logger) => new AppLogger(logger) },
    { provide: EventLog, inject: [LOGGER], useFactory: (logger: Logger) => new EventLog(logger) },
    AuditLog,
    HealthRegistry,
    KeyedHash,
  ],
  exports: [AppLogger, AuditLog, EventLog, HealthRegistry, KeyedHash],
})
export class ObservabilityModule {}
