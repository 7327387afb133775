import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ErasureWorker } from './erasure.worker.js';
import { StoredDataController } from './stored-data.controller.js';

/** How what is stored about a customer goes. */
@Module({
  imports: [HttpModule, IdempotencyModule, StorageModule],
  controllers: [StoredDataController],
  providers: [ErasureWorker],
})
export class ErasureModule {}
