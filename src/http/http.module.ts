import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { SecurityModule } from '../security/security.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { AllowedMethods } from './allowed-methods.js';
import { ConnectionDrain } from './connection-drain.js';
import { DefaultLoyaltyType } from './default-loyalty-type.pipe.js';
import { PointsAllowance } from './points-allowance.service.js';
import { ProblemFilter } from './problem.filter.js';
import { RefusalAudit } from './refusal-audit.service.js';
import { ProblemsController } from './problems.controller.js';
import { ValidBody, ValidQuery } from './valid.pipes.js';
import { UpdatesController } from './updates.controller.js';
import { WriteService } from './write.service.js';

/** What every request and every answer have in common. */
@Module({
  imports: [DeliveryModule, SecurityModule, StorageModule],
  controllers: [ProblemsController, UpdatesController],
  providers: [
    AllowedMethods,
    ConnectionDrain,
    DefaultLoyaltyType,
    PointsAllowance,
    RefusalAudit,
    ValidBody,
    ValidQuery,
    WriteService,
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [AllowedMethods, DefaultLoyaltyType, PointsAllowance, ValidBody, ValidQuery, WriteService],
})
export class HttpModule {}
