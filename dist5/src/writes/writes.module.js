var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
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
import { RequestKeys } from './idempotency/request-keys.service.js';
import { TransactionKeys } from './idempotency/transaction-keys.service.js';
import { WriteService } from './write.service.js';
/** The pipeline of every write, and the explanation of what became of an update. */
let WritesModule = class WritesModule {
};
WritesModule = __decorate([
    Module({
        imports: [DeliveryModule, HttpModule, RecordsModule, SecurityModule, ValidationModule],
        controllers: [ExplanationsController],
        providers: [
            headAdmission,
            IdempotencySweep,
            ItemKeys,
            PointsAllowance,
            RequestKeys,
            TransactionKeys,
            WriteService,
        ],
        exports: [PointsAllowance, RequestKeys, TransactionKeys, ValidationModule, WriteService],
    })
], WritesModule);
export { WritesModule };
//# sourceMappingURL=writes.module.js.map