import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { CustomersController } from './customers.controller.js';

/** Profile, identifiers, cards, channels and fields of customers. */
@Module({ imports: [HttpModule, IdempotencyModule], controllers: [CustomersController] })
export class CustomersModule {}
