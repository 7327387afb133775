import { Module } from '@nestjs/common';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { DeliveryService } from './delivery.service.js';

/** Updates in, one outcome each out. */
@Module({ imports: [UpstreamModule], providers: [DeliveryService], exports: [DeliveryService] })
export class DeliveryModule {}
