import { Global, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { Settings } from '../config/settings.js';
import { loggerParams } from './access-log.js';
import { AuditLog } from './audit-log.js';
import { EventLog } from './event-log.js';
import { HealthRegistry } from './health-registry.js';
import { KeyedHash } from './keyed-hash.js';

/** Logs and health: how the service is seen from outside. */
@Global()
@Module({
  imports: [LoggerModule.forRootAsync({ inject: [Settings], useFactory: loggerParams })],
  providers: [AuditLog, EventLog, HealthRegistry, KeyedHash],
  exports: [AuditLog, EventLog, HealthRegistry, KeyedHash],
})
export class ObservabilityModule {}
