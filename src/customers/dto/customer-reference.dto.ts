import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { Check, NestedList, Optional } from '../../validation/validate-as.js';
import { repeated } from '../../validation/text.js';
import { CardDto } from './card.dto.js';
import { IdentifierDto, identifierKey } from './identifier.dto.js';

/** Our bounds: the vendor documents none. */
export const MAX_IDENTIFIERS = 20;
export const MAX_CARDS = 20;

/** Identifies a customer. */
export class CustomerReferenceDto {
  /** Identifiers of the customer, 1 to 20. May be absent if `cards` identifies the customer. */
  @ApiPropertyOptional({
    minItems: 1,
    maxItems: MAX_IDENTIFIERS,
    example: [{ type: 'mobile', value: '919900000001' }],
  })
  @Check((list) => repeated(list, identifierKey))
  @NestedList(() => IdentifierDto, {
    min: 1,
    max: MAX_IDENTIFIERS,
    whenAbsent: 'is required: at least one identifier, unless cards has a card',
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
