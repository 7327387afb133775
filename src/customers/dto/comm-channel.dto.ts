import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn } from 'class-validator';
import { isDateTimeWithOffset, isRealDate } from '../../validation/dates.js';
import { Check, Nested, Optional, atValue } from '../../validation/validate-as.js';
import { MAX_VALUE_LENGTH, identifierValueMistake } from './identifier.dto.js';

/** Source: docs/vendor-contract.md section 2. */
export const CHANNEL_TYPES = ['mobile', 'email', 'wechat', 'ios', 'android', 'line', 'mobilePush'] as const;

const NO_DATE = {
  code: 'format',
  message: 'must be a real date YYYY-MM-DD, or a date-time with an offset',
} as const;

/** Facts about a channel. */
export class CommChannelMetaDto {
  /** When the customer last opened the app: `YYYY-MM-DD`, or a date-time with an offset. Only for mobilePush. */
  @ApiPropertyOptional({ example: '2026-10-25' })
  @Optional()
  @Check((value) =>
    typeof value === 'string' && (isRealDate(value) || isDateTimeWithOffset(value))
      ? []
      : [{ pointer: '', ...NO_DATE }],
  )
  lastViewedDate?: string;

  /**
   * Whether the channel reaches the customer's residence.
   * @example true
   */
  @Optional()
  @IsBoolean()
  residence?: boolean;

  /**
   * Whether the channel reaches the customer's office.
   * @example false
   */
  @Optional()
  @IsBoolean()
  office?: boolean;
}

/** A way to reach the customer. */
export class CommChannelDto {
  /** The type of the channel. */
  @ApiProperty({ enum: CHANNEL_TYPES, example: 'email' })
  @IsIn(CHANNEL_TYPES)
  type: (typeof CHANNEL_TYPES)[number];

  /**
   * The number, address or token of the channel. 1 to 255 characters.
   * @example "asha.rao@example.com"
   */
  @ApiProperty({ minLength: 1, maxLength: MAX_VALUE_LENGTH })
  @Check((value, holder) => atValue(identifierValueMistake(value, (holder as CommChannelDto).type)))
  value: string;

  /**
   * Whether this is the preferred channel of its type.
   * @example true
   */
  @Optional()
  @IsBoolean()
  primary?: boolean;

  /**
   * Whether the customer has proved to own the channel.
   * @example true
   */
  @Optional()
  @IsBoolean()
  verified?: boolean;

  /** Facts about the channel. */
  @Optional()
  @Check((meta, holder) =>
    (meta as CommChannelMetaDto | null)?.lastViewedDate !== undefined &&
    (holder as CommChannelDto).type !== 'mobilePush'
      ? [
          {
            pointer: '/lastViewedDate',
            code: 'combination',
            message: 'is only for a channel of the type mobilePush',
          },
        ]
      : [],
  )
  @Nested(() => CommChannelMetaDto)
  meta?: CommChannelMetaDto;
}
