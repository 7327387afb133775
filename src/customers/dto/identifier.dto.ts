import { ApiProperty } from '@nestjs/swagger';
import { IsIn, isEmail } from 'class-validator';
import { Check } from '../../validation/validate-as.js';
import { textMistake } from '../../validation/text.js';

/** Identifier types; a card has its own place, as it needs more. Source: docs/vendor-contract.md section 2. */
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

/** E.164 allows 15 digits, and no country code begins with 0. */
const MOBILE = /^[1-9]\d{6,14}$/;

/** Source: docs/vendor-contract.md section 2 for the address; the rest is our bound. */
export const MAX_VALUE_LENGTH = 255;

export function identifierValueMistake(value: unknown, type: string): string | undefined {
  const mistake = textMistake(value, MAX_VALUE_LENGTH);
  if (mistake || typeof value !== 'string') return mistake;
  if (type === 'mobile' && !MOBILE.test(value)) {
    return 'must be 7 to 15 digits with the country code, without + or zeros in front';
  }
  if (type === 'email' && !isEmail(value)) return 'must be an e-mail address';
  return undefined;
}

/** One way in which the vendor knows a customer. */
export class IdentifierDto {
  /** Kind of identifier. A card stands in `cards` instead. */
  @ApiProperty({ enum: IDENTIFIER_TYPES, example: 'mobile' })
  @IsIn(IDENTIFIER_TYPES, {
    message: `must be one of ${IDENTIFIER_TYPES.join(', ')}; a card goes into cards`,
  })
  type: (typeof IDENTIFIER_TYPES)[number];

  /**
   * 1 to 255 characters. A mobile is digits with the country code.
   * @example "919900000001"
   */
  @ApiProperty({ minLength: 1, maxLength: MAX_VALUE_LENGTH })
  @Check((value, holder) => {
    const message = identifierValueMistake(value, (holder as IdentifierDto).type);
    return message === undefined ? [] : [{ pointer: '', message }];
  })
  value: string;
}
