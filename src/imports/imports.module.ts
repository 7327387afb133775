import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { WritesModule } from '../writes/writes.module.js';
import { RecordsModule } from '../records/records.module.js';
import { OneImportController } from './one-import.controller.js';
import { ImportSweep } from './run/import-sweep.js';
import { ImportWorker } from './run/import.worker.js';
import { TemplatesController } from './templates.controller.js';
import { ImportsController } from './imports.controller.js';
import { UploadService } from './upload/upload.service.js';

/** Provides imports: durable jobs of many updates. */
@Module({
  imports: [DeliveryModule, WritesModule, RecordsModule],
  controllers: [ImportsController, TemplatesController, OneImportController],
  providers: [ImportSweep, ImportWorker, UploadService],
})
export class ImportsModule {}
