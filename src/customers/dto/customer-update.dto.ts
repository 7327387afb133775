import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, ValidateNested } from 'class-validator';
import { LOYALTY_TYPES, type LoyaltyType } from '../../config/route-words.js';
import { isDateTimeWithOffset } from '../../http/dates.js';
import { pointerTo } from '../../http/json-body.js';
import { Check, type InnerMistake, Optional } from '../../http/validate.js';
import { type FieldMap, MAX_CODE_LENGTH, MAX_NAME_LENGTH, fieldMap, fieldMapSchema, text } from './bounds.js';
import { CardDto } from './card.dto.js';
import { CommChannelDto } from './comm-channel.dto.js';
import { IdentifierDto } from './identifier.dto.js';

/** Our bounds: the vendor documents none. */
const MAX_IDENTIFIERS = 20;
const MAX_CARDS = 20;
const MAX_CHANNELS = 20;

/** Points at every element that stands in the list twice. */
function repeated(list: unknown, key: (element: Record<string, unknown>) => unknown[]): InnerMistake[] {
  if (!Array.isArray(list)) return [];
  const seen = new Set<string>();
  return list.flatMap((element: unknown, index) => {
    if (typeof element !== 'object' || element === null) return [];
    const said = JSON.stringify(key(element as Record<string, unknown>));
    if (seen.has(said)) return [{ pointer: pointerTo('', index), message: 'stands in the list twice' }];
    seen.add(said);
    return [];
  });
}

/** What is to be changed for one customer. What is absent stays as it is; there is no way to clear a field. */
export class CustomerUpdateDto {
  /** Who the customer is, 1 to 20; may be absent where `cards` says it. */
  @ApiPropertyOptional({
    minItems: 1,
    maxItems: MAX_IDENTIFIERS,
    example: [{ type: 'mobile', value: '919900000001' }],
  })
  @Check((list, holder) => {
    const { cards } = holder as CustomerUpdateDto;
    if (list === undefined) {
      return Array.isArray(cards) && cards.length > 0
        ? []
        : [{ pointer: '', message: 'must hold at least one identifier, unless cards holds a card' }];
    }
    if (!Array.isArray(list)) return [{ pointer: '', message: 'must be an array' }];
    if (list.length === 0) return [{ pointer: '', message: 'must hold at least one identifier' }];
    if (list.length > MAX_IDENTIFIERS) {
      return [{ pointer: '', message: `must hold at most ${MAX_IDENTIFIERS} identifiers` }];
    }
    return repeated(list, ({ type, value }) => [type, value]);
  })
  @ValidateNested({ each: true })
  @Type(() => IdentifierDto)
  identifiers?: IdentifierDto[];

  /** Cards of the customer, at most 20. */
  @ApiPropertyOptional({ minItems: 1, maxItems: MAX_CARDS, type: [CardDto] })
  @Optional()
  @Check((list) => repeated(list, ({ number }) => [number]))
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_CARDS)
  @IsArray()
  @Type(() => CardDto)
  cards?: CardDto[];

  /**
   * 1 to 100 characters.
   * @example Asha
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_NAME_LENGTH })
  @Optional()
  @Check(text(MAX_NAME_LENGTH))
  firstName?: string;

  /**
   * 1 to 100 characters.
   * @example Rao
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_NAME_LENGTH })
  @Optional()
  @Check(text(MAX_NAME_LENGTH))
  lastName?: string;

  /** Ways to reach the customer, at most 20. */
  @ApiPropertyOptional({ maxItems: MAX_CHANNELS, type: [CommChannelDto] })
  @Optional()
  @Check((list) => repeated(list, ({ type, value }) => [type, value]))
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_CHANNELS)
  @IsArray()
  @Type(() => CommChannelDto)
  commChannels?: CommChannelDto[];

  /** Custom fields of the organisation: at most 100 names of 100 characters, values of at most 1,000. */
  @ApiPropertyOptional(fieldMapSchema({ favouriteStore: 'Indiranagar' }))
  @Optional()
  @Check(fieldMap)
  fields?: FieldMap;

  /** Extended fields that are enabled for the organisation: at most 100 names of 100 characters, values of at most 1,000. */
  @ApiPropertyOptional(fieldMapSchema({ city: 'Bengaluru' }))
  @Optional()
  @Check(fieldMap)
  extendedFields?: FieldMap;

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
  @Check((value) =>
    typeof value === 'string' && isDateTimeWithOffset(value)
      ? []
      : [
          {
            pointer: '',
            message: 'must be a real date-time YYYY-MM-DDTHH:MM:SS with an offset such as +05:30',
          },
        ],
  )
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
