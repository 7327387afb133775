import { ApiPropertyOptional } from '@nestjs/swagger';
import { identifierKey } from './identifier.dto.js';
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
   * The first name. 1 to 100 characters. Of those that are not seen, only U+200C and U+200D between letters.
   * @example Asha
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_NAME_LENGTH })
  @Optional()
  @Check(text(MAX_NAME_LENGTH, 'name'))
  firstName?: string;

  /**
   * The last name. 1 to 100 characters. Of those that are not seen, only U+200C and U+200D between letters.
   * @example Rao
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_NAME_LENGTH })
  @Optional()
  @Check(text(MAX_NAME_LENGTH, 'name'))
  lastName?: string;

  /** Ways to reach the customer, at most 20. */
  @ApiPropertyOptional({ maxItems: MAX_CHANNELS, type: [CommChannelDto] })
  @Optional()
  @Check((list) => repeated(list, identifierKey))
  @NestedList(() => CommChannelDto, { min: 0, max: MAX_CHANNELS })
  commChannels?: CommChannelDto[];

  /**
   * Custom fields of the organization: at most 100 names of 100 characters, values of 1 to 1,000. A field that is left out
   * keeps its value, and no field can be cleared: an empty value is refused. A line feed is the only control character.
   */
  @ApiPropertyOptional(fieldMapSchema({ favoriteStore: 'Indiranagar' }))
  @Optional()
  @Check(fieldMap)
  fields?: FieldMap;

  /**
   * Extended fields that are enabled for the organization: at most 100 names of 100 characters, values of 1 to 1,000. A field
   * that is left out keeps its value, and no field can be cleared: an empty value is refused. A line feed is the only control
   * character.
   */
  @ApiPropertyOptional(fieldMapSchema({ city: 'Bengaluru' }))
  @Optional()
  @Check(fieldMap)
  extendedFields?: FieldMap;
}
