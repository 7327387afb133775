import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { Check, Optional } from '../../validation/validate-as.js';
import { MAX_VALUE_LENGTH } from './identifier.dto.js';
import { type FieldMap, MAX_CODE_LENGTH, fieldMap, fieldMapSchema, text } from '../../validation/text.js';

/** A card of the customer; on the wire it is an identifier. */
export class CardDto {
  /**
   * The number on the card. 1 to 255 characters.
   * @example "card_710000"
   */
  @ApiProperty({ minLength: 1, maxLength: MAX_VALUE_LENGTH })
  @Check(text(MAX_VALUE_LENGTH))
  @Check((_value, holder) => {
    const { seriesId, seriesCode } = holder as CardDto;
    return (seriesId === undefined) === (seriesCode === undefined)
      ? [
          {
            pointer: '',
            code: 'combination',
            message: 'needs exactly one of seriesId and seriesCode beside it',
          },
        ]
      : [];
  })
  number: string;

  /**
   * The series of a card that was generated in Capillary. Give exactly one of seriesId and seriesCode.
   * @example 42
   */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
  @Optional()
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  seriesId?: number;

  /** The external series of the card. 1 to 100 characters. */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH, example: 'FleetCard1' })
  @Optional()
  @Check(text(MAX_CODE_LENGTH))
  seriesCode?: string;

  /**
   * The organization's own label for the status of the card. 1 to 100 characters.
   * @example ACTIVE
   */
  @ApiProperty({ minLength: 1, maxLength: MAX_CODE_LENGTH })
  @Check(text(MAX_CODE_LENGTH))
  statusLabel: string;

  /** The card's id in another system. 1 to 255 characters. */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_VALUE_LENGTH, example: 'carduuid_710000' })
  @Optional()
  @Check(text(MAX_VALUE_LENGTH))
  cardExternalId?: string;

  /** Extended fields of the card that are enabled for the organization. None can be cleared: an empty value is refused. */
  @ApiPropertyOptional(fieldMapSchema({ vehicle_number: 'KA01B2020' }))
  @Optional()
  @Check(fieldMap)
  extendedFields?: FieldMap;
}
