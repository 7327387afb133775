import { ApiPropertyOptional } from '@nestjs/swagger';
import { Check, NestedList, Optional } from '../../validation/validate-as.js';
import {
  type FieldMap,
  MAX_NAME_LENGTH,
  fieldMap,
  fieldMapSchema,
  repeated,
  text,
} from '../../validation/text.js';
import { CommChannelDto } from './comm-channel.dto.js';
import { CustomerReferenceDto } from './customer-reference.dto.js';

/** Our bound: the vendor documents none. */
export const MAX_CHANNELS = 20;

/** A customer without loyalty data. Absent fields stay unchanged; no field can be cleared. */
export class CustomerDto extends CustomerReferenceDto {
  /**
   * The first name. 1 to 100 characters.
   * @example Asha
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_NAME_LENGTH })
  @Optional()
  @Check(text(MAX_NAME_LENGTH, 'name'))
  firstName?: string;

  /**
   * The last name. 1 to 100 characters.
   * @example Rao
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_NAME_LENGTH })
  @Optional()
  @Check(text(MAX_NAME_LENGTH, 'name'))
  lastName?: string;

  /** Ways to reach the customer, at most 20. */
  @ApiPropertyOptional({ maxItems: MAX_CHANNELS, type: [CommChannelDto] })
  @Optional()
  @Check((list) => repeated(list, ({ type, value }) => [type, value]))
  @NestedList(() => CommChannelDto, { min: 0, max: MAX_CHANNELS })
  commChannels?: CommChannelDto[];

  /** Custom fields of the organization: at most 100 names of 100 characters, values of at most 1,000. */
  @ApiPropertyOptional(fieldMapSchema({ favoriteStore: 'Indiranagar' }))
  @Optional()
  @Check(fieldMap)
  fields?: FieldMap;

  /** Extended fields that are enabled for the organization: at most 100 names of 100 characters, values of at most 1,000. */
  @ApiPropertyOptional(fieldMapSchema({ city: 'Bengaluru' }))
  @Optional()
  @Check(fieldMap)
  extendedFields?: FieldMap;
}
