import { Global, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { Settings } from '../config/settings.js';
import { loggerParams } from './access-log.js';
import { AuditLog } from './audit-log.js';
import { EventLog } from './event-log.js';
import { HealthRegistry } from './health-registry.js';
import { KeyedHash } from './keyed-hash.js';

/** Logs, audit events, health and hashed names. */
@Global()
@Module({
  imports: [LoggerModule.forRootAsync({ inject: [Settings], useFactory: loggerParams })],
  providers: [AuditLog, EventLog, HealthRegistry, KeyedHash],
  exports: [AuditLog, EventLog, HealthRegistry, KeyedHash],
})
export class ObservabilityModule {}
