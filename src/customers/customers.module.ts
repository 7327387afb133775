import { Module } from '@nestjs/common';
import { WritesModule } from '../writes/writes.module.js';
import { CustomersController } from './customers.controller.js';

/** Updates the profile, identifiers, cards, channels and fields of customers. */
@Module({ imports: [WritesModule], controllers: [CustomersController] })
export class CustomersModule {}
