var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Module } from '@nestjs/common';
import { RecordsModule } from '../records/records.module.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { Preflight } from './call/preflight.service.js';
import { Clock, SystemClock } from './clock.js';
import { CreditJournal } from './call/credit-journal.service.js';
import { CustomerLeases } from './call/customer-leases.service.js';
import { DeliveryService } from './delivery.service.js';
import { VendorHealth } from './vendor-health.service.js';
import { UnknownCreditsService } from './unknown-credits.service.js';
/** Takes updates, and returns one outcome for each. */
let DeliveryModule = class DeliveryModule {
};
DeliveryModule = __decorate([
    Module({
        imports: [RecordsModule, UpstreamModule],
        providers: [
            { provide: Clock, useClass: SystemClock },
            CustomerLeases,
            CreditJournal,
            Preflight,
            DeliveryService,
            UnknownCreditsService,
            VendorHealth,
        ],
        exports: [DeliveryService, UnknownCreditsService],
    })
], DeliveryModule);
export { DeliveryModule };
//# sourceMappingURL=delivery.module.js.map