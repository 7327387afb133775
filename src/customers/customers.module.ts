import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { CustomersController } from './customers.controller.js';
import { DefaultLoyaltyType } from './default-loyalty-type.pipe.js';

/** Profile, identifiers, cards, channels and fields of customers. */
@Module({ imports: [HttpModule], controllers: [CustomersController], providers: [DefaultLoyaltyType] })
export class CustomersModule {}
