import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** A customer below a parent or company. What the vendor does not tell is absent. */
export class ChildCustomerDto {
  /**
   * The vendor's id of the customer.
   * @example 409967645
   */
  @ApiPropertyOptional({ type: 'integer' })
  customerId?: number;

  /**
   * As the vendor has it.
   * @example Asha
   */
  firstName?: string;

  /**
   * As the vendor has it.
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

  /** Custom fields of the organisation. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { gender: 'MALE' } })
  fields: Readonly<Record<string, unknown>>;

  /** Extended fields. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { city: 'Bengaluru' } })
  extendedFields: Readonly<Record<string, unknown>>;

  /**
   * How many children the customer has itself; with includeNoOfChildren.
   * @example 0
   */
  @ApiPropertyOptional({ type: 'integer' })
  noOfChildren?: number;

  /** Its place in the hierarchy; with includeCustomerAssociateDetail. */
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
   * To be sent with the same search.
   * @example 10
   */
  @ApiProperty({ type: 'integer' })
  offset: number;

  /**
   * To be sent with the same search.
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
   * How many there are in all; absent where the vendor tells no more than the size of the page.
   * @example 25
   */
  @ApiPropertyOptional({ type: 'integer' })
  total?: number;

  /** Where the next page begins; absent on the last one. The next page may be empty. */
  next?: NextPageDto;
}
