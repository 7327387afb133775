import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import {
  IDENTIFIER_TYPES,
  MAX_VALUE_LENGTH,
  identifierValueMistake,
} from '../../customers/dto/identifier.dto.js';
import { Check, NestedList } from '../../validation/validate-as.js';

/** A card is named like the others here: nothing else of it matters. */
const ERASED_TYPES = [...IDENTIFIER_TYPES, 'cardnumber'] as const;

/** Our bound. */
const MAX_IDENTIFIERS = 50;

/** One way in which the customer is known. */
export class ErasedIdentifierDto {
  /** Kind of identifier; the number of a card is one as well. */
  @ApiProperty({ enum: ERASED_TYPES, example: 'mobile' })
  @IsIn(ERASED_TYPES)
  type: (typeof ERASED_TYPES)[number];

  /**
   * 1 to 255 characters. A mobile is digits with the country code.
   * @example "919900000001"
   */
  @ApiProperty({ minLength: 1, maxLength: MAX_VALUE_LENGTH })
  @Check((value, holder) => {
    const message = identifierValueMistake(value, (holder as ErasedIdentifierDto).type);
    return message === undefined ? [] : [{ pointer: '', message }];
  })
  value: string;
}

/** Whose data are to be erased. */
export class ErasureRequestDto {
  /** All identifiers of the customer that are known, 1 to 50: what is stored under another one alone is not found. */
  @ApiProperty({ type: [ErasedIdentifierDto], minItems: 1, maxItems: MAX_IDENTIFIERS })
  @NestedList(() => ErasedIdentifierDto, { min: 1, max: MAX_IDENTIFIERS })
  identifiers: ErasedIdentifierDto[];
}

/** An erasure, and what has been erased so far. It does not tell whom it is about. */
export class ErasureDto {
  /**
   * Its id.
   * @example "5a0d3c1e-7d0c-4a4e-9a58-9d5c0f4f6f0b"
   */
  @ApiProperty({ format: 'uuid' })
  id: string;

  /** Whether all that is stored has been looked through. */
  @ApiProperty({ enum: ['running', 'finished'], example: 'finished' })
  state: 'running' | 'finished';

  /**
   * Lines of imports that were removed.
   * @example 3
   */
  @ApiProperty({ type: 'integer' })
  lines: number;

  /**
   * Answers under an `Idempotency-Key` from which the customer was removed.
   * @example 1
   */
  @ApiProperty({ type: 'integer' })
  answers: number;

  /**
   * Credits in doubt from which the customer was removed.
   * @example 0
   */
  @ApiProperty({ type: 'integer' })
  credits: number;

  /** When it was asked for. */
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  /** When nothing was left. */
  @ApiPropertyOptional({ format: 'date-time' })
  finishedAt?: string;
}
