import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** A customer below a parent or company. Fields that the vendor does not return are absent. */
export class ChildCustomerDto {
  /**
   * The vendor's id of the customer.
   * @example 409967645
   */
  @ApiPropertyOptional({ type: 'integer' })
  customerId?: number;

  /**
   * The first name in the vendor's records.
   * @example Asha
   */
  firstName?: string;

  /**
   * The last name in the vendor's records.
   * @example Rao
   */
  lastName?: string;

  /** Identifiers and cards. */
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [{ type: 'mobile', value: '919900000006' }],
  })
  identifiers: readonly Readonly<Record<string, unknown>>[];

  /** Ways to reach the customer. */
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [{ type: 'email', value: 'asha.rao@example.com', primary: true }],
  })
  commChannels: readonly Readonly<Record<string, unknown>>[];

  /** Custom fields of the organization. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { gender: 'MALE' } })
  fields: Readonly<Record<string, unknown>>;

  /** Extended fields. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { city: 'Bengaluru' } })
  extendedFields: Readonly<Record<string, unknown>>;

  /**
   * The number of the customer's own children; only with includeNoOfChildren.
   * @example 0
   */
  @ApiPropertyOptional({ type: 'integer' })
  noOfChildren?: number;

  /** The customer's place in the hierarchy; only with includeCustomerAssociateDetail. */
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { hierarchyCode: 'code-association2', roleCode: 'FC' },
  })
  association?: Readonly<Record<string, unknown>>;
}

/** Where the next page begins. */
export class NextPageDto {
  /**
   * The offset for the same search.
   * @example 10
   */
  @ApiProperty({ type: 'integer' })
  offset: number;

  /**
   * The limit for the same search.
   * @example 10
   */
  @ApiProperty({ type: 'integer' })
  limit: number;
}

/** A page of the customers below a parent or company. */
export class ChildrenAnswerDto {
  /** The customers of this page. */
  @ApiProperty({ type: [ChildCustomerDto] })
  customers: readonly ChildCustomerDto[];

  /**
   * The number of all customers; absent if the vendor returns only the size of the page.
   * @example 25
   */
  @ApiPropertyOptional({ type: 'integer' })
  total?: number;

  /** Where the next page begins; absent on the last one. The next page may be empty. */
  next?: NextPageDto;
}
