import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { HttpModule } from '../http/http.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ImportController } from './import.controller.js';
import { ImportSweep } from './import-sweep.js';
import { ImportWorker } from './import.worker.js';
import { ImportsController } from './imports.controller.js';
import { UploadService } from './upload.service.js';

/** Durable jobs of many updates. */
@Module({
  imports: [DeliveryModule, HttpModule, IdempotencyModule, StorageModule],
  controllers: [ImportsController, ImportController],
  providers: [ImportSweep, ImportWorker, UploadService],
})
export class ImportsModule {}
