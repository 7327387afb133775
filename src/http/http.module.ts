import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { SecurityModule } from '../security/security.module.js';
import { AllowedMethods } from './allowed-methods.js';
import { ConnectionDrain } from './connection-drain.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsServer } from './metrics-server.service.js';
import { LoopTurns } from './loop-turns.service.js';
import { ProblemFilter } from './problem.filter.js';
import { PagesController } from './pages/pages.controller.js';

/** The transport: the server, its connections, and the responses to failures. */
@Module({
  imports: [SecurityModule],
  controllers: [HealthController, MetricsController, PagesController],
  providers: [
    AllowedMethods,
    ConnectionDrain,
    LoopTurns,
    MetricsServer,
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [AllowedMethods, LoopTurns],
})
export class HttpModule {}
