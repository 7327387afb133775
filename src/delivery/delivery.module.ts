import { Module } from '@nestjs/common';
import { RecordsModule } from '../records/records.module.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { Preflight } from './call/preflight.service.js';
import { Clock, SystemClock } from './clock.js';
import { CreditJournal } from './call/credit-journal.service.js';
import { CustomerLeases } from './call/customer-leases.service.js';
import { DeliveryMetrics } from './delivery-metrics.service.js';
import { DeliveryService } from './delivery.service.js';
import { ExplanationSweep } from './explanation-sweep.service.js';
import { ExplanationWriter } from './explanation-writer.service.js';
import { ExplanationsService } from './explanations.service.js';
import { VendorHealth } from './vendor-health.service.js';
import { UnknownCreditsService } from './unknown-credits.service.js';

/** Takes updates, and returns one outcome for each. */
@Module({
  imports: [RecordsModule, UpstreamModule],
  providers: [
    { provide: Clock, useClass: SystemClock },
    CustomerLeases,
    CreditJournal,
    Preflight,
    DeliveryMetrics,
    DeliveryService,
    ExplanationSweep,
    ExplanationWriter,
    ExplanationsService,
    UnknownCreditsService,
    VendorHealth,
  ],
  exports: [DeliveryService, ExplanationsService, UnknownCreditsService],
})
export class DeliveryModule {}
