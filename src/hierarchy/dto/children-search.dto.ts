import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, Max, Min, ValidateIf } from 'class-validator';
import { MAX_VALUE_LENGTH, identifierValueMistake } from '../../customers/dto/identifier.dto.js';
import { Check, Nested, Optional, atValue } from '../../validation/validate-as.js';
import { FleetCompanyDto } from './association.dto.js';

/** The identifiers by which the vendor finds a parent. Source: docs/vendor-contract.md section 7. */
export const PARENT_IDENTIFIER_TYPES = [
  'mobile',
  'email',
  'externalId',
  'cardnumber',
  'wechat',
  'martjackId',
  'fbId',
] as const;

/** Our bound: the vendor documents none. */
const MAX_PAGE = 100;
/** A role has at most 30,000 children (docs/vendor-contract.md section 2); a company may have more. */
const MAX_OFFSET = 1_000_000;

/** An identifier of the parent. */
export class ParentIdentifierDto {
  /** The type of the identifier. */
  @ApiProperty({ enum: PARENT_IDENTIFIER_TYPES, example: 'mobile' })
  @IsIn(PARENT_IDENTIFIER_TYPES)
  type: (typeof PARENT_IDENTIFIER_TYPES)[number];

  /**
   * The value, 1 to 255 characters. A mobile number has the country code, and only digits.
   * @example "919900000005"
   */
  @ApiProperty({ minLength: 1, maxLength: MAX_VALUE_LENGTH })
  @Check((value, holder) => atValue(identifierValueMistake(value, (holder as ParentIdentifierDto).type)))
  value: string;
}

/** The parent. */
export class ParentDto {
  /** Identifies the parent. */
  @ApiProperty({ type: ParentIdentifierDto })
  @Nested(() => ParentIdentifierDto)
  identifier: ParentIdentifierDto;
}

/** Searches for the customers below a parent or a company. Give exactly one of them. */
export class ChildrenSearchDto {
  /** The parent. Give exactly one of parent and company. */
  @ApiPropertyOptional({ type: ParentDto })
  @Check((_parent, holder) =>
    (holder as ChildrenSearchDto).company === undefined
      ? []
      : [{ pointer: '', code: 'combination', message: 'cannot be combined with company' }],
  )
  @Nested(() => ParentDto)
  @ValidateIf(({ parent, company }: ChildrenSearchDto) => parent !== undefined || company === undefined)
  parent?: ParentDto;

  /** The company. Give exactly one of parent and company. */
  @Optional()
  @Nested(() => FleetCompanyDto)
  company?: FleetCompanyDto;

  /**
   * The maximum number of customers in the response.
   * @example 10
   */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: 10 })
  @Optional()
  @Max(MAX_PAGE)
  @Min(1)
  @IsInt()
  limit?: number;

  /**
   * How many customers to skip.
   * @example 0
   */
  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: MAX_OFFSET, default: 0 })
  @Optional()
  @Max(MAX_OFFSET)
  @Min(0)
  @IsInt()
  offset?: number;

  /** The field by which the customers are sorted. */
  @ApiPropertyOptional({ enum: ['createdon', 'lastUpdatedOn'], example: 'createdon' })
  @Optional()
  @IsIn(['createdon', 'lastUpdatedOn'])
  sortBy?: 'createdon' | 'lastUpdatedOn';

  /** Ascending or descending. */
  @ApiPropertyOptional({ enum: ['ASC', 'DESC'], example: 'DESC' })
  @Optional()
  @IsIn(['ASC', 'DESC'])
  sortOrder?: 'ASC' | 'DESC';

  /**
   * Whether to include the number of each customer's own children.
   * @example false
   */
  @Optional()
  @IsBoolean()
  includeNoOfChildren?: boolean;

  /**
   * Whether to include each customer's place in the hierarchy.
   * @example false
   */
  @Optional()
  @IsBoolean()
  includeCustomerAssociateDetail?: boolean;
}
