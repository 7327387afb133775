import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import type { ValueMistake } from '../../problems/problem.js';
import { Check, atValue } from '../../validation/validate-as.js';
import { customerKey } from '../../delivery/customer-key.js';
import { mobileMistake } from '../../validation/mobile-numbers.js';
import { NO_ADDRESS, isAddress, textMistake } from '../../validation/text.js';

/** Identifier types. Cards have a DTO of their own, as they need more fields. Source: docs/vendor-contract.md section 2. */
export const IDENTIFIER_TYPES = [
  'mobile',
  'email',
  'externalId',
  'wechat',
  'unionId',
  'martjackId',
  'fbId',
  'tmall_uname',
  'cuid',
  'ali_uname',
  'jd_uname',
  'vip_uname',
  'mobilePush',
  'line',
] as const;

/** Source: docs/vendor-contract.md section 2 for addresses. For other values it is our bound. */
export const MAX_VALUE_LENGTH = 255;

/** Finds what is wrong with a value that identifies a customer or a channel. */
export function identifierValueMistake(value: unknown, type: string): ValueMistake | undefined {
  const mistake = textMistake(value, MAX_VALUE_LENGTH);
  if (mistake || typeof value !== 'string') return mistake;
  if (type === 'mobile') return mobileMistake(value);
  return type === 'email' && !isAddress(value) ? NO_ADDRESS : undefined;
}

/** Returns the key of an identifier for `repeated`: two spellings of one identifier have the same. */
export function identifierKey({ type, value }: Record<string, unknown>): unknown[] {
  return typeof type === 'string' && typeof value === 'string'
    ? [customerKey({ type, value })]
    : [type, value];
}

/** An identifier by which the vendor knows a customer. */
export class IdentifierDto {
  /** The type of the identifier. Cards are in `cards` instead. */
  @ApiProperty({ enum: IDENTIFIER_TYPES, example: 'mobile' })
  @IsIn(IDENTIFIER_TYPES, {
    message: `must be one of ${IDENTIFIER_TYPES.join(', ')}; a card goes into cards`,
  })
  type: (typeof IDENTIFIER_TYPES)[number];

  /**
   * The value, 1 to 255 characters. A mobile number has the country code, and only digits. It holds no character that is not seen, such as U+200B.
   * @example "919900000001"
   */
  @ApiProperty({ minLength: 1, maxLength: MAX_VALUE_LENGTH })
  @Check((value, holder) => atValue(identifierValueMistake(value, (holder as IdentifierDto).type)))
  value: string;
}
