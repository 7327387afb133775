var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Module } from '@nestjs/common';
import { ConfigModule } from './config/config.module.js';
import { CustomersModule } from './customers/customers.module.js';
import { DeliveryModule } from './delivery/delivery.module.js';
import { ErasureModule } from './erasure/erasure.module.js';
import { HierarchyModule } from './hierarchy/hierarchy.module.js';
import { HttpModule } from './http/http.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { LoyaltyModule } from './loyalty/loyalty.module.js';
import { ObservabilityModule } from './observability/observability.module.js';
import { SecurityModule } from './security/security.module.js';
import { RecordsModule } from './records/records.module.js';
import { WritesModule } from './writes/writes.module.js';
import { UpstreamModule } from './upstream/upstream.module.js';
/** All rooms of the service. */
let AppModule = class AppModule {
};
AppModule = __decorate([
    Module({
        imports: [
            ConfigModule,
            ObservabilityModule,
            SecurityModule,
            HttpModule,
            WritesModule,
            CustomersModule,
            LoyaltyModule,
            HierarchyModule,
            ImportsModule,
            ErasureModule,
            DeliveryModule,
            RecordsModule,
            UpstreamModule,
        ],
    })
], AppModule);
export { AppModule };
//# sourceMappingURL=app.module.js.map