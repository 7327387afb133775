import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn } from 'class-validator';
import { LOYALTY_TYPES, type LoyaltyType } from '../../config/vendor-enums.js';
import { MAX_BATCH_UPDATES, MAX_CODE_LENGTH, text } from '../../validation/text.js';
import { CustomerDto } from '../../customers/dto/customer-profile.dto.js';
import { CustomerReferenceDto } from '../../customers/dto/customer-reference.dto.js';
import { type CustomerKey, customerKey } from '../../delivery/customer-key.js';
import { pointerTo } from '../../validation/json-body.js';
import { Check, type InnerMistake, Nested, NestedList, Optional } from '../../validation/validate-as.js';
import { ItemKey } from '../../writes/idempotency/item-key.decorator.js';

/** Our bound: the vendor takes up to 30,000 children of a role, but documents no bound for one call. */
export const MAX_CHILDREN = 1000;

function keysIn(list: unknown, read: (element: Record<string, unknown>) => unknown[]): CustomerKey[] {
  return (Array.isArray(list) ? list : []).flatMap((element: unknown) => {
    const [type, value] = typeof element === 'object' && element !== null ? read({ ...element }) : [];
    return typeof type === 'string' && typeof value === 'string' ? [customerKey({ type, value })] : [];
  });
}

/** The keys of whatever was sent as a customer; what is not one yet is another rule's mistake. */
function keysOf(customer: unknown): CustomerKey[] {
  if (typeof customer !== 'object' || customer === null) return [];
  const { identifiers, cards } = customer as { identifiers?: unknown; cards?: unknown };
  return [
    ...keysIn(identifiers, ({ type, value }) => [type, value]),
    ...keysIn(cards, ({ number }) => ['cardnumber', number]),
  ];
}

/** A customer among its own children, or a child twice: the vendor's cycle (1608), seen before it costs a call. */
function repeatedChildren(children: unknown, holder: object): InnerMistake[] {
  if (!Array.isArray(children)) return [];
  const own = new Set(keysOf(holder));
  const seen = new Set<CustomerKey>();
  return children.flatMap((child: unknown, index) => {
    const pointer = pointerTo('', index);
    const keys = keysOf(child);
    if (keys.some((key) => own.has(key))) return [{ pointer, message: 'is the customer itself' }];
    if (keys.some((key) => seen.has(key))) return [{ pointer, message: 'stands among the children twice' }];
    for (const key of keys) seen.add(key);
    return [];
  });
}

/** A company of the B2B programme. */
export class FleetCompanyDto {
  /**
   * The company's id in your systems. 1 to 100 characters.
   * @example "ex917471000000"
   */
  @ApiProperty({ minLength: 1, maxLength: MAX_CODE_LENGTH })
  @Check(text(MAX_CODE_LENGTH))
  externalId: string;
}

/** Associates a customer with a hierarchy, role, company, and with a parent or children. At least one of them. */
export class AssociationDto extends CustomerReferenceDto {
  /** Required, as the vendor asks for it with every update: a default would turn customers into members in silence. */
  @ApiProperty({ enum: LOYALTY_TYPES, example: 'loyalty' })
  @Check((_value, holder) => {
    const { hierarchyCode, roleCode, childRoleCode, parentCustomer, childCustomers, fleetCompany } =
      holder as AssociationDto;
    const said = [hierarchyCode, roleCode, childRoleCode, parentCustomer, childCustomers, fleetCompany];
    return said.some((one) => one !== undefined)
      ? []
      : [{ pointer: '', message: 'stands alone: nothing to associate the customer with was given' }];
  })
  @IsIn(LOYALTY_TYPES)
  loyaltyType: LoyaltyType;

  /**
   * Hierarchy to associate with. 1 to 100 characters.
   * @example "code-association2"
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH })
  @Optional()
  @Check(text(MAX_CODE_LENGTH))
  hierarchyCode?: string;

  /**
   * Role of the customer in that hierarchy. 1 to 100 characters.
   * @example FA
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH })
  @Optional()
  @Check(text(MAX_CODE_LENGTH))
  roleCode?: string;

  /** Role of the children. 1 to 100 characters. */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH, example: 'FC' })
  @Optional()
  @Check(text(MAX_CODE_LENGTH))
  childRoleCode?: string;

  /** Whom the customer reports to; registered by the vendor where it is unknown. Not together with childCustomers. */
  @Optional()
  @Check((parent, holder) => {
    const own = new Set(keysOf(holder));
    return keysOf(parent).some((key) => own.has(key))
      ? [{ pointer: '', message: 'is the customer itself' }]
      : [];
  })
  @Nested(() => CustomerDto)
  parentCustomer?: CustomerDto;

  /** Who reports to the customer, 1 to 1,000; registered by the vendor where they are unknown. Not together with parentCustomer. */
  @ApiPropertyOptional({ type: [CustomerDto], minItems: 1, maxItems: MAX_CHILDREN })
  @Optional()
  @Check((_children, holder) =>
    (holder as AssociationDto).parentCustomer === undefined
      ? []
      : [{ pointer: '', message: 'cannot stand together with parentCustomer; send two requests' }],
  )
  @Check(repeatedChildren)
  @NestedList(() => CustomerDto, { min: 1, max: MAX_CHILDREN })
  childCustomers?: CustomerDto[];

  /** Company of the customer. */
  @Optional()
  @Nested(() => FleetCompanyDto)
  fleetCompany?: FleetCompanyDto;
}

/** An association as one element of a batch. */
export class AssociationElementDto extends AssociationDto {
  @ItemKey()
  idempotencyKey?: string;
}

/** Many associations in one request. */
export class AssociationBatchDto {
  /** 1 to 1,000 associations. */
  @ApiProperty({ type: [AssociationElementDto], minItems: 1, maxItems: MAX_BATCH_UPDATES })
  @ArrayMaxSize(MAX_BATCH_UPDATES)
  @ArrayMinSize(1)
  @IsArray()
  associations: unknown[];
}
