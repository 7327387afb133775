var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Global, Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { AppLogger } from './app-logger.js';
import { AuditLog } from './audit-log.js';
import { EventLog } from './event-log.js';
import { HealthRegistry } from './health-registry.js';
import { KeyedHash } from './keyed-hash.js';
import { LineOutput } from './line-output.js';
import { createLogger } from './logger.js';
/** The token of pino's logger, which has no class of its own. */
const LOGGER = Symbol('logger');
/** Limits the lines kept in memory while no one reads them. */
const MAX_UNWRITTEN_BYTES = 4 * 1024 * 1024;
/** Lines wait so long for others: each write costs as much as all the other work on a line. */
const HOLD_MS = 50;
function logTo(settings, output) {
    const stream = output.stream({ maxUnwrittenBytes: MAX_UNWRITTEN_BYTES, holdMs: HOLD_MS });
    const logger = createLogger(settings, stream);
    output.on('recovered', () => {
        const lostCount = stream.takeLostCount();
        if (lostCount > 0)
            logger.warn({ event: 'log.lines-lost', lostCount });
    });
    return logger;
}
/** Logs, audit events, health and hashed names. */
let ObservabilityModule = class ObservabilityModule {
};
ObservabilityModule = __decorate([
    Global(),
    Module({
        providers: [
            { provide: LineOutput, useFactory: () => new LineOutput() },
            { provide: LOGGER, inject: [Settings, LineOutput], useFactory: logTo },
            { provide: AppLogger, inject: [LOGGER], useFactory: (logger) => new AppLogger(logger) },
            { provide: EventLog, inject: [LOGGER], useFactory: (logger) => new EventLog(logger) },
            AuditLog,
            HealthRegistry,
            KeyedHash,
        ],
        exports: [AppLogger, AuditLog, EventLog, HealthRegistry, KeyedHash],
    })
], ObservabilityModule);
export { ObservabilityModule };
//# sourceMappingURL=observability.module.js.map