import { ApiProperty, ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { LOYALTY_TYPES, type LoyaltyType } from '../../config/vendor-enums.js';
import { MAX_BATCH_UPDATES, MAX_CODE_LENGTH, text } from '../../validation/text.js';
import { CustomerDto } from '../../customers/dto/customer-profile.dto.js';
import { CustomerReferenceDto } from '../../customers/dto/customer-reference.dto.js';
import { IsLoyaltyType } from '../../customers/dto/loyalty-type.js';
import { type CustomerKey, customerKey } from '../../delivery/customer-key.js';
import { pointerTo } from '../../validation/json-body.js';
import {
  Check,
  type InnerMistake,
  Nested,
  NestedList,
  Optional,
  type Rule,
} from '../../validation/validate-as.js';
import { ItemKey } from '../../writes/idempotency/item-key.decorator.js';

/** Our bound. The vendor accepts 30,000 children per role, but documents no bound for one call. */
export const MAX_CHILDREN = 1000;

function keysIn(list: unknown, read: (element: Record<string, unknown>) => unknown[]): CustomerKey[] {
  return (Array.isArray(list) ? list : []).flatMap((element: unknown) => {
    const [type, value] = typeof element === 'object' && element !== null ? read({ ...element }) : [];
    return typeof type === 'string' && typeof value === 'string' ? [customerKey({ type, value })] : [];
  });
}

/** Returns the keys of a customer that may not be valid. Other rules report its mistakes. */
function keysOf(customer: unknown): CustomerKey[] {
  if (typeof customer !== 'object' || customer === null) return [];
  const { identifiers, cards } = customer as { identifiers?: unknown; cards?: unknown };
  return [
    ...keysIn(identifiers, ({ type, value }) => [type, value]),
    ...keysIn(cards, ({ number }) => ['cardnumber', number]),
  ];
}

function namesAny(customer: unknown, keys: ReadonlySet<CustomerKey>): boolean {
  return keysOf(customer).some((key) => keys.has(key));
}

function itselfAt(pointer: string): InnerMistake {
  return { pointer, code: 'repeated', message: 'is the customer itself' };
}

/** Rejects an association with nothing to associate the customer with. */
export const givesSomething: Rule = (association) => {
  if (typeof association !== 'object' || association === null) return [];
  const { hierarchyCode, roleCode, childRoleCode, parentCustomer, childCustomers, fleetCompany } =
    association as AssociationDto;
  const given = [hierarchyCode, roleCode, childRoleCode, parentCustomer, childCustomers, fleetCompany];
  return given.some((one) => one !== undefined)
    ? []
    : [
        {
          pointer: '',
          code: 'combination',
          message: 'is not enough: give something to associate the customer with',
        },
      ];
};

/** Finds a customer among the relatives in its association, where the customer is the holder of the association. */
export const findItself: Rule = (association, holder) => {
  if (typeof association !== 'object' || association === null) return [];
  const { parentCustomer, childCustomers } = association as {
    parentCustomer?: unknown;
    childCustomers?: unknown;
  };
  const own = new Set(keysOf(holder));
  const children: unknown[] = Array.isArray(childCustomers) ? childCustomers : [];
  return [
    ...(namesAny(parentCustomer, own) ? [itselfAt('/parentCustomer')] : []),
    ...children.flatMap((child, index) =>
      namesAny(child, own) ? [itselfAt(pointerTo('/childCustomers', index))] : [],
    ),
  ];
};

/** Finds a customer among its own children, and repeated children. The vendor refuses both as a cycle (1608), which costs a call. */
function repeatedChildren(children: unknown, holder: object): InnerMistake[] {
  if (!Array.isArray(children)) return [];
  const own = new Set(keysOf(holder));
  const seen = new Set<CustomerKey>();
  return children.flatMap((child: unknown, index): InnerMistake[] => {
    const pointer = pointerTo('', index);
    if (namesAny(child, own)) return [itselfAt(pointer)];
    const keys = keysOf(child);
    if (keys.some((key) => seen.has(key)))
      return [{ pointer, code: 'repeated', message: 'is among the children twice' }];
    for (const key of keys) seen.add(key);
    return [];
  });
}

/** A company of the B2B program. */
export class FleetCompanyDto {
  /**
   * The company's id in your systems. 1 to 100 characters.
   * @example "ex917471000000"
   */
  @ApiProperty({ minLength: 1, maxLength: MAX_CODE_LENGTH })
  @Check(text(MAX_CODE_LENGTH))
  externalId: string;
}

/** Associates a customer with at least one of: hierarchy, role, company, parent, children. */
export class AssociationDto extends CustomerReferenceDto {
  /**
   * The loyalty status of the customer after the update. The vendor requires it, and a careless value changes membership:
   * `loyalty` makes any customer a member, and the outcome does not show whether the customer was one before;
   * `non_loyalty` is refused for members (1046). Only an operator can make it optional, with DEFAULT_LOYALTY_TYPE.
   */
  @ApiProperty({ enum: LOYALTY_TYPES, example: 'loyalty' })
  @Check((_value, holder) => givesSomething(holder, holder))
  @IsLoyaltyType()
  loyaltyType: LoyaltyType;

  /**
   * The hierarchy to associate with. 1 to 100 characters.
   * @example "code-association2"
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH })
  @Optional()
  @Check(text(MAX_CODE_LENGTH))
  hierarchyCode?: string;

  /**
   * The role of the customer in that hierarchy. 1 to 100 characters.
   * @example FA
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH })
  @Optional()
  @Check(text(MAX_CODE_LENGTH))
  roleCode?: string;

  /** The role of the children. 1 to 100 characters. */
  @ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH, example: 'FC' })
  @Optional()
  @Check(text(MAX_CODE_LENGTH))
  childRoleCode?: string;

  /** The customer's parent. The vendor registers an unknown parent. Not together with childCustomers. */
  @Optional()
  @Check((parent, holder) => (namesAny(parent, new Set(keysOf(holder))) ? [itselfAt('')] : []))
  @Nested(() => CustomerDto)
  parentCustomer?: CustomerDto;

  /** The customer's children, 1 to 1,000. The vendor registers unknown children. Not together with parentCustomer. */
  @ApiPropertyOptional({ type: [CustomerDto], minItems: 1, maxItems: MAX_CHILDREN })
  @Optional()
  @Check((_children, holder) =>
    (holder as AssociationDto).parentCustomer === undefined
      ? []
      : [
          {
            pointer: '',
            code: 'combination',
            message: 'cannot be combined with parentCustomer; send two requests',
          },
        ],
  )
  @Check(repeatedChildren)
  @NestedList(() => CustomerDto, { min: 1, max: MAX_CHILDREN })
  childCustomers?: CustomerDto[];

  /** The company of the customer. */
  @Optional()
  @Nested(() => FleetCompanyDto)
  fleetCompany?: FleetCompanyDto;
}

/** What a customer is associated with, where the update around it identifies the customer. */
export class AssociationPartDto extends PickType(AssociationDto, [
  'hierarchyCode',
  'roleCode',
  'childRoleCode',
  'parentCustomer',
  'childCustomers',
  'fleetCompany',
] as const) {}

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
