import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { LOYALTY_TYPES, type LoyaltyType } from '../../config/vendor-enums.js';
import { DATE_TIME_PATTERN } from '../../validation/dates.js';
import { Check, Optional } from '../../validation/validate-as.js';
import { MAX_CODE_LENGTH, dateTime, text } from '../../validation/text.js';
import { CustomerDto } from './customer-profile.dto.js';
import { IsLoyaltyType } from './loyalty-type.js';

/** An update of one customer. Absent fields stay unchanged; no field can be cleared. */
export class CustomerUpdateDto extends CustomerDto {
  /**
   * The loyalty status of the customer after the update. The vendor requires it, and a careless value changes membership:
   * `loyalty` makes any customer a member, and the outcome does not show whether the customer was one before;
   * `non_loyalty` is refused for members (1046). Only an operator can make it optional, with DEFAULT_LOYALTY_TYPE.
   */
  @ApiProperty({ enum: LOYALTY_TYPES, example: 'loyalty' })
  @IsLoyaltyType()
  loyaltyType: LoyaltyType;

  /**
   * When the customer was created. A date-time with an offset; a fraction of a second is accepted and dropped.
   * @example "2026-02-11T16:36:17+05:30"
   */
  @ApiPropertyOptional({ format: 'date-time', pattern: DATE_TIME_PATTERN })
  @Optional()
  @Check(dateTime)
  createDate?: string;

  /**
   * The code of the till of the registration. 1 to 100 characters.
   * @example till-12
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH })
  @Optional()
  @Check(text(MAX_CODE_LENGTH))
  associatedWith?: string;
}
