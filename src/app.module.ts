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
import { OperationsModule } from './operations/operations.module.js';
import { SecurityModule } from './security/security.module.js';
import { RecordsModule } from './records/records.module.js';
import { UpdatesModule } from './updates/updates.module.js';
import { WritesModule } from './writes/writes.module.js';
import { UpstreamModule } from './upstream/upstream.module.js';

/** All rooms of the service. */
@Module({
  imports: [
    ConfigModule,
    ObservabilityModule,
    SecurityModule,
    HttpModule,
    WritesModule,
    CustomersModule,
    LoyaltyModule,
    HierarchyModule,
    UpdatesModule,
    ImportsModule,
    ErasureModule,
    OperationsModule,
    DeliveryModule,
    RecordsModule,
    UpstreamModule,
  ],
})
export class AppModule {}
