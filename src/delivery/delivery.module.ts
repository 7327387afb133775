import { Module } from '@nestjs/common';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { Clock, SystemClock } from './clock.js';
import { DeliveryService } from './delivery.service.js';

/** Updates in, one outcome each out. */
@Module({
  imports: [UpstreamModule],
  providers: [{ provide: Clock, useClass: SystemClock }, DeliveryService],
  exports: [DeliveryService],
})
export class DeliveryModule {}
