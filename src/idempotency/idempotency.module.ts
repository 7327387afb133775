import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { ExpiryService } from './expiry.service.js';

/** The promise of `Idempotency-Key`. Its interceptor is made in the rooms whose endpoints carry it. */
@Module({ imports: [StorageModule], providers: [ExpiryService], exports: [StorageModule] })
export class IdempotencyModule {}
