import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, Max, Min } from 'class-validator';
import { MAX_BATCH_UPDATES, dateTime, repeated } from '../../validation/text.js';
import { CustomerReferenceDto } from '../../customers/dto/customer-reference.dto.js';
import { DATE_TIME_PATTERN, withNumericOffset } from '../../validation/dates.js';
import { Check, NestedList, Optional, type Rule } from '../../validation/validate-as.js';
import { ItemKey } from '../../writes/idempotency/item-key.decorator.js';

/** Our bound: the vendor documents none. */
export const MAX_PROGRAMS = 20;

/** Rejects a date in the past before it costs a call: the vendor refuses it (1214 to 1217). */
const futureDateTime: Rule = (value, holder) => {
  const mistakes = dateTime(value, holder);
  if (mistakes.length > 0 || Date.parse(withNumericOffset(String(value))) > Date.now()) return mistakes;
  return [{ pointer: '', code: 'past', message: 'must not be in the past' }];
};

/** Rejects a list that names a program more than once. */
export const eachProgramOnce: Rule = (list) =>
  repeated(list, ({ programId }) => [programId]).map((mistake) => ({
    ...mistake,
    pointer: `${mistake.pointer}/programId`,
  }));

/** Enrollment in one program. The vendor does not update the details of an existing enrollment. */
export class ProgramDto {
  /**
   * The program to enroll in.
   * @example 1016
   */
  @ApiProperty({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  programId: number;

  /**
   * The tier to start in; 1 is the lowest.
   * @example 2
   */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
  @Optional()
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  tierNumber?: number;

  /**
   * Points that each request CREDITS to the account. With points above 0, an update is not sent again if its answer is lost.
   * @example 75
   */
  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
  @Optional()
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(0)
  @IsInt()
  loyaltyPoints?: number;

  /**
   * When the tier expires: a date-time with an offset, not in the past; a fraction of a second is accepted and dropped.
   * @example "2099-02-11T16:36:17+05:30"
   */
  @ApiPropertyOptional({ format: 'date-time', pattern: DATE_TIME_PATTERN })
  @Optional()
  @Check(futureDateTime)
  tierExpiryDate?: string;

  /**
   * When the points expire: a date-time with an offset, not in the past; a fraction of a second is accepted and dropped. Only with loyaltyPoints above 0.
   * @example "2099-02-11T16:36:17+05:30"
   */
  @ApiPropertyOptional({ format: 'date-time', pattern: DATE_TIME_PATTERN })
  @Optional()
  @Check((value, holder) => {
    const mistakes = futureDateTime(value, holder);
    if (mistakes.length > 0) return mistakes;
    const { loyaltyPoints = 0 } = holder as ProgramDto;
    return loyaltyPoints > 0
      ? []
      : [{ pointer: '', code: 'combination', message: 'is only for loyaltyPoints above 0' }];
  })
  pointsExpiryDate?: string;
}

/** Enrolls a customer in one or more programs. The customer becomes a loyalty customer. */
export class EnrollmentDto extends CustomerReferenceDto {
  /** 1 to 20 programs, each at most once. */
  @ApiProperty({ type: [ProgramDto], minItems: 1, maxItems: MAX_PROGRAMS })
  @Check(eachProgramOnce)
  @NestedList(() => ProgramDto, { min: 1, max: MAX_PROGRAMS })
  programs: ProgramDto[];
}

/** An enrollment as one element of a batch. */
export class EnrollmentElementDto extends EnrollmentDto {
  @ItemKey()
  idempotencyKey?: string;
}

/** Many enrollments in one request. */
export class EnrollmentBatchDto {
  /** 1 to 1,000 enrollments. */
  @ApiProperty({ type: [EnrollmentElementDto], minItems: 1, maxItems: MAX_BATCH_UPDATES })
  @ArrayMaxSize(MAX_BATCH_UPDATES)
  @ArrayMinSize(1)
  @IsArray()
  enrollments: unknown[];
}
