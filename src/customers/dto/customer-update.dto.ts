import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { LOYALTY_TYPES, type LoyaltyType } from '../../config/vendor-enums.js';
import { Check, Optional } from '../../validation/validate-as.js';
import { MAX_CODE_LENGTH, dateTime, text } from '../../validation/text.js';
import { CustomerDto } from './customer-profile.dto.js';

/** What is to be changed for one customer. What is absent stays as it is; there is no way to clear a field. */
export class CustomerUpdateDto extends CustomerDto {
  /** Required, as with the vendor: a default would turn customers into members in silence. */
  @ApiProperty({ enum: LOYALTY_TYPES, example: 'loyalty' })
  @IsIn(LOYALTY_TYPES)
  loyaltyType: LoyaltyType;

  /**
   * When the customer was created: a date-time to the second with an offset.
   * @example "2026-02-11T16:36:17+05:30"
   */
  @ApiPropertyOptional({ format: 'date-time' })
  @Optional()
  @Check(dateTime)
  createDate?: string;

  /**
   * Code of the till that the registration is tied to. 1 to 100 characters.
   * @example till-12
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH })
  @Optional()
  @Check(text(MAX_CODE_LENGTH))
  associatedWith?: string;
}
