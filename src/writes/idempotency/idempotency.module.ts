import { Module } from '@nestjs/common';
import { RecordsModule } from '../../records/records.module.js';
import { ExpiryService } from './expiry.service.js';
import { ItemKeys } from './item-keys.service.js';
import { RequestKeys } from './request-keys.service.js';
import { TransactionKeys } from './transaction-keys.service.js';

/** The promise of `Idempotency-Key`. Its interceptor is made in the rooms whose endpoints carry it. */
@Module({
  imports: [RecordsModule],
  providers: [ExpiryService, ItemKeys, RequestKeys, TransactionKeys],
  exports: [ItemKeys, RequestKeys, TransactionKeys],
})
export class IdempotencyModule {}
