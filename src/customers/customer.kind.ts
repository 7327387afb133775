import { withDefaultLoyaltyType } from '../writes/default-loyalty-type.js';
import type { UpdateKind } from '../writes/update-kind.js';
import { CustomerBatchDto, CustomerElementDto } from './dto/customer-batch.dto.js';
import { CustomerUpdateDto } from './dto/customer-update.dto.js';
import { translateCustomer } from './translate-customer.js';

/** Describes updates of customers: names, identifiers, cards, channels, fields and loyalty status. */
export const CUSTOMERS: UpdateKind<CustomerUpdateDto> = {
  name: 'customers',
  updates: 'customer',
  scopes: ['customers:write'],
  dto: CustomerUpdateDto,
  itemDto: CustomerElementDto,
  batchDto: CustomerBatchDto,
  withDefaults: withDefaultLoyaltyType,
  translate: translateCustomer,
};
