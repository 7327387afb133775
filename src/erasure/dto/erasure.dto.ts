import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import {
  IDENTIFIER_TYPES,
  MAX_VALUE_LENGTH,
  identifierValueMistake,
} from '../../customers/dto/identifier.dto.js';
import { Check, NestedList, atValue } from '../../validation/validate-as.js';

/** A card is an identifier like the others here: only its number matters. */
const ERASED_TYPES = [...IDENTIFIER_TYPES, 'cardnumber'] as const;

/** Our bound. */
const MAX_IDENTIFIERS = 50;

/** One identifier of the customer. */
export class ErasedIdentifierDto {
  /** The type of the identifier; `cardnumber` is the number of a card. */
  @ApiProperty({ enum: ERASED_TYPES, example: 'mobile' })
  @IsIn(ERASED_TYPES)
  type: (typeof ERASED_TYPES)[number];

  /**
   * The value, 1 to 255 characters. A mobile number has the country code, and only digits.
   * @example "919900000001"
   */
  @ApiProperty({ minLength: 1, maxLength: MAX_VALUE_LENGTH })
  @Check((value, holder) => {
    const mistake = identifierValueMistake(value, (holder as ErasedIdentifierDto).type);
    // Data that was accepted under other settings must be found too.
    return mistake?.code === 'impossible-number' ? [] : atValue(mistake);
  })
  value: string;
}

/** The customer to erase. */
export class ErasureRequestDto {
  /** All known identifiers of the customer, 1 to 50. Data that is stored only under another identifier is not found. */
  @ApiProperty({ type: [ErasedIdentifierDto], minItems: 1, maxItems: MAX_IDENTIFIERS })
  @NestedList(() => ErasedIdentifierDto, { min: 1, max: MAX_IDENTIFIERS })
  identifiers: ErasedIdentifierDto[];
}

/** An erasure, and what has been erased so far. It does not name the customer. */
export class ErasureDto {
  /**
   * Its id.
   * @example "5a0d3c1e-7d0c-4a4e-9a58-9d5c0f4f6f0b"
   */
  @ApiProperty({ format: 'uuid' })
  id: string;

  /** Whether all stored data has been searched. */
  @ApiProperty({ enum: ['running', 'finished'], example: 'finished' })
  state: 'running' | 'finished';

  /**
   * Lines of imports that were removed.
   * @example 3
   */
  @ApiProperty({ type: 'integer' })
  lines: number;

  /**
   * Stored answers of an `Idempotency-Key` from which the customer was removed.
   * @example 1
   */
  @ApiProperty({ type: 'integer' })
  answers: number;

  /**
   * Unknown credits from which the customer was removed.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  credits: number;

  /** When it was requested. */
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  /** When it was finished. */
  @ApiPropertyOptional({ format: 'date-time' })
  finishedAt?: string;
}
