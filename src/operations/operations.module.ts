import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { RecordsModule } from '../records/records.module.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { PageController } from './page.controller.js';
import { Heartbeat } from './status/heartbeat.service.js';
import { StatusController } from './status/status.controller.js';
import { StatusService } from './status/status.service.js';

/** What operators look at. */
@Module({
  imports: [DeliveryModule, RecordsModule, UpstreamModule],
  controllers: [StatusController, PageController],
  providers: [Heartbeat, StatusService],
})
export class OperationsModule {}
