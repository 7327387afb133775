import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn } from 'class-validator';
import { LOYALTY_TYPES, type LoyaltyType } from '../../config/vendor-enums.js';
import { MAX_BATCH_UPDATES } from '../../validation/text.js';
import { CustomerReferenceDto } from '../../customers/dto/customer-reference.dto.js';
import { ItemKey } from '../../writes/idempotency/item-key.decorator.js';

/** Sets the loyalty status of a customer. */
export class MembershipDto extends CustomerReferenceDto {
  /** The new status. The vendor refuses the change from loyalty to non_loyalty (1046). */
  @ApiProperty({ enum: LOYALTY_TYPES, example: 'loyalty' })
  @IsIn(LOYALTY_TYPES)
  loyaltyType: LoyaltyType;
}

/** A membership as one element of a batch. */
export class MembershipElementDto extends MembershipDto {
  @ItemKey()
  idempotencyKey?: string;
}

/** Many memberships in one request. */
export class MembershipBatchDto {
  /** 1 to 1,000 memberships. */
  @ApiProperty({ type: [MembershipElementDto], minItems: 1, maxItems: MAX_BATCH_UPDATES })
  @ArrayMaxSize(MAX_BATCH_UPDATES)
  @ArrayMinSize(1)
  @IsArray()
  memberships: unknown[];
}
