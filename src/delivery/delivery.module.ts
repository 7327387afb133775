import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { Clock, SystemClock } from './clock.js';
import { DeliveryService } from './delivery.service.js';
import { UnknownCreditsService } from './unknown-credits.service.js';

/** Updates in, one outcome each out. */
@Module({
  imports: [StorageModule, UpstreamModule],
  providers: [{ provide: Clock, useClass: SystemClock }, DeliveryService, UnknownCreditsService],
  exports: [DeliveryService, UnknownCreditsService],
})
export class DeliveryModule {}
