import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { ItemKey } from '../../writes/idempotency/item-key.decorator.js';
import { MAX_BATCH_UPDATES } from '../../validation/text.js';
import { CustomerUpdateDto } from './customer-update.dto.js';

/** An update as one element of a batch. */
export class CustomerElementDto extends CustomerUpdateDto {
  @ItemKey()
  idempotencyKey?: string;
}

/** Many updates in one request. Elements are validated one by one, so that a mistake in one need not stop the others. */
export class CustomerBatchDto {
  /** 1 to 1,000 updates. */
  @ApiProperty({ type: [CustomerElementDto], minItems: 1, maxItems: MAX_BATCH_UPDATES })
  @ArrayMaxSize(MAX_BATCH_UPDATES)
  @ArrayMinSize(1)
  @IsArray()
  customers: unknown[];
}
