import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { Check, NestedList, Optional } from '../../validation/validate-as.js';
import { repeated } from '../../validation/text.js';
import { CardDto } from './card.dto.js';
import { IdentifierDto } from './identifier.dto.js';

/** Our bounds: the vendor documents none. */
export const MAX_IDENTIFIERS = 20;
export const MAX_CARDS = 20;

/** Who a customer is. */
export class CustomerReferenceDto {
  /** Who the customer is, 1 to 20; may be absent where `cards` says it. */
  @ApiPropertyOptional({
    minItems: 1,
    maxItems: MAX_IDENTIFIERS,
    example: [{ type: 'mobile', value: '919900000001' }],
  })
  @Check((list) => repeated(list, ({ type, value }) => [type, value]))
  @NestedList(() => IdentifierDto, {
    min: 1,
    max: MAX_IDENTIFIERS,
    whenAbsent: 'must hold at least one identifier, unless cards holds a card',
  })
  @ValidateIf((reference: CustomerReferenceDto) => {
    const { identifiers, cards } = reference;
    return identifiers !== undefined || !Array.isArray(cards) || cards.length === 0;
  })
  identifiers?: IdentifierDto[];

  /** Cards of the customer, at most 20. */
  @ApiPropertyOptional({ maxItems: MAX_CARDS, type: [CardDto] })
  @Optional()
  @Check((list) => repeated(list, ({ number }) => [number]))
  @NestedList(() => CardDto, { min: 0, max: MAX_CARDS })
  cards?: CardDto[];
}
