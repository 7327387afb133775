import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { HttpModule } from '../http/http.module.js';
import { RecordsModule } from '../records/records.module.js';
import { SecurityModule } from '../security/security.module.js';
import { ValidationModule } from '../validation/validation.module.js';
import { PointsAllowance } from './credits/points-allowance.service.js';
import { ExplanationsController } from './explanations.controller.js';
import { headAdmission } from './head-admission.service.js';
import { IdempotencySweep } from './idempotency/idempotency-sweep.js';
import { ItemKeys } from './idempotency/item-keys.service.js';
import { KeyLeases } from './idempotency/key-leases.service.js';
import { RequestKeys } from './idempotency/request-keys.service.js';
import { TransactionKeys } from './idempotency/transaction-keys.service.js';
import { WriteService } from './write.service.js';

/** The pipeline of every write, and the explanation of what became of an update. */
@Module({
  imports: [DeliveryModule, HttpModule, RecordsModule, SecurityModule, ValidationModule],
  controllers: [ExplanationsController],
  providers: [
    headAdmission,
    IdempotencySweep,
    ItemKeys,
    KeyLeases,
    PointsAllowance,
    RequestKeys,
    TransactionKeys,
    WriteService,
  ],
  exports: [PointsAllowance, RequestKeys, TransactionKeys, ValidationModule, WriteService],
})
export class WritesModule {}
