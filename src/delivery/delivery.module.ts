import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { Clearance } from './clearance.service.js';
import { Clock, SystemClock } from './clock.js';
import { CreditJournal } from './credit-journal.service.js';
import { CustomerLeases } from './customer-leases.service.js';
import { DeliveryService } from './delivery.service.js';
import { UnknownCreditsService } from './unknown-credits.service.js';

/** Updates in, one outcome each out. */
@Module({
  imports: [StorageModule, UpstreamModule],
  providers: [
    { provide: Clock, useClass: SystemClock },
    CustomerLeases,
    CreditJournal,
    Clearance,
    DeliveryService,
    UnknownCreditsService,
  ],
  exports: [DeliveryService, UnknownCreditsService],
})
export class DeliveryModule {}
