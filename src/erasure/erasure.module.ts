import { Module } from '@nestjs/common';
import { WritesModule } from '../writes/writes.module.js';
import { RecordsModule } from '../records/records.module.js';
import { ErasureWorker } from './erasure.worker.js';
import { StoredDataController } from './stored-data.controller.js';

/** Erases the stored data of a customer on request. */
@Module({
  imports: [WritesModule, RecordsModule],
  controllers: [StoredDataController],
  providers: [ErasureWorker],
})
export class ErasureModule {}
