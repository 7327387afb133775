import type { AppliedItem, FailedItem, ItemOutcome } from './apply-item.ts';
import type { ChildOutcome } from './association.ts';
import type { Customer } from './customer-store.ts';
import { writeVendorTime } from './dates.ts';
import { companies, hierarchies } from './organization.ts';
import type { JsonObject } from './shape.ts';
import { isCard } from './wire.ts';
import type { WireChannel, WireIdentifier } from './wire.ts';

/** The two forms in which the vendor's samples answer for one item. */
export type AnswerForm = 'bare' | 'entity';

/**
 * Writes the result of one item.
 *
 * ```
 * bare    { profiles, loyaltyInfo, ..., errors: [{}] }                     samples/bulk-put-association.response.json
 * entity  { entity: { id, profiles, ... }, childEntities, childCount, ... }  samples/bulk-post-parent-with-children.response.json
 * ```
 */
export function writeResult(outcome: ItemOutcome, form: AnswerForm, echoFailed: boolean): JsonObject {
  if (outcome.customer === null) return writeFailed(outcome, form, echoFailed);
  return form === 'bare' ? writeBare(outcome) : writeEntity(outcome);
}

/** Writes a profile as the vendor does: identifiers in another order than sent, often with a card that it generated. */
export function writeProfile(customer: Customer, { withUserId }: { withUserId: boolean }): JsonObject {
  const identifiers = answeredIdentifiers(customer);
  return {
    firstName: customer.firstName,
    lastName: customer.lastName,
    fields: customer.fields,
    identifiers,
    commChannels: customer.commChannels.map(writeChannel),
    source: customer.source,
    ...(withUserId ? { userId: customer.id } : {}),
    ...(customer.accountId === null ? {} : { accountId: customer.accountId }),
    conflictingProfileList: [],
    autoUpdateTime: writeVendorTime(customer.lastUpdatedOn),
    identifiersAll: identifiers,
  };
}

export function writeAssociation(customer: Customer): JsonObject {
  const { association } = customer;
  if (!association) return {};
  const hierarchy = hierarchies.get(association.hierarchyCode);
  const company = companies.get(association.companyExternalId ?? '');
  const above = hierarchy?.roles.get(association.roleCode)?.reportsTo;
  const parentRole = hierarchy?.roles.get(above ?? '');
  return {
    hierarchyCode: association.hierarchyCode,
    ...(hierarchy ? { hierarchyId: hierarchy.id } : {}),
    roleCode: association.roleCode,
    ...(company ? { fleetCompany: { externalId: company.externalId, companyId: company.id } } : {}),
    ...(parentRole ? { parentRoleId: parentRole.id } : {}),
    skipLevelAllowed: false,
    new: true,
    childCustomer: association.parentId !== null,
  };
}

function writeBare({ item, customer, parent, children, warnings }: AppliedItem): JsonObject {
  const form = { withUserId: false };
  return {
    ...writeCustomer(customer, form),
    ...(item.associationDetails
      ? {
          associationDetails: {
            ...item.associationDetails,
            ...(parent ? { parentCustomer: writeRelative(parent, form) } : {}),
            ...(children.length > 0
              ? { childCustomers: children.map((child) => writeChild(child, form)) }
              : {}),
            skipLevelAllowed: false,
            new: true,
            childCustomer: false,
          },
        }
      : {}),
    errors: [{}], // as in the vendor's sample of a success
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

function writeEntity({ item, customer, parent, children, warnings }: AppliedItem): JsonObject {
  const form = { withUserId: true };
  const failedCount = children.filter((child) => child.errors.length > 0).length;
  return {
    entity: {
      id: customer.id,
      ...writeCustomer(customer, form),
      ...(item.associationDetails
        ? {
            associationDetails: {
              ...writeAssociation(customer),
              ...(parent ? { parentCustomer: writeRelative(parent, form) } : {}),
              ...(children.length > 0
                ? { childCustomers: children.map((child) => writeChild(child, form)) }
                : {}),
              ...(item.associationDetails.childRoleCode
                ? { childRoleCode: item.associationDetails.childRoleCode }
                : {}),
            },
          }
        : {}),
      warnings,
    },
    childEntities: children.map((child) =>
      child.customer === null
        ? { ...child.person, warnings: child.warnings, errors: child.errors }
        : {
            id: child.customer.id,
            ...writeCustomer(child.customer, form),
            associationDetails: writeAssociation(child.customer),
            warnings: child.warnings,
          },
    ),
    childCount: children.length,
    childFailureCount: failedCount,
    childSuccessCount: children.length - failedCount,
  };
}

function writeFailed(
  { item, errors, warnings }: FailedItem,
  form: AnswerForm,
  echoFailed: boolean,
): JsonObject {
  if (!echoFailed) return { errors };
  const echoed = { profiles: item.profiles, loyaltyInfo: item.loyaltyInfo, errors, warnings };
  if (form === 'bare') return echoed;
  return { entity: echoed, childEntities: [], childCount: 0, childFailureCount: 0, childSuccessCount: 0 };
}

function writeCustomer(customer: Customer, form: { withUserId: boolean }): JsonObject {
  const changedAt = writeVendorTime(customer.lastUpdatedOn);
  const attribution = {
    createDate: customer.createDate ?? writeVendorTime(customer.createdOn),
    createdBy: {},
    modifiedBy: {},
    modifiedDate: changedAt,
  };
  return {
    profiles: [{ ...writeProfile(customer, form), attribution }],
    loyaltyInfo: { loyaltyType: customer.loyaltyType },
    segments: {},
    referralCode: customer.referralCode,
    extendedFields: customer.extendedFields,
  };
}

function writeRelative(customer: Customer, form: { withUserId: boolean }): JsonObject {
  return { profiles: [writeProfile(customer, form)], extendedFields: customer.extendedFields };
}

/** In the bare form, only this field can report the failure of a child. */
function writeChild(
  { customer, person, errors, warnings }: ChildOutcome,
  form: { withUserId: boolean },
): JsonObject {
  return {
    ...(customer ? writeRelative(customer, form) : person),
    ...(errors.length > 0 ? { errors } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

function answeredIdentifiers(customer: Customer): WireIdentifier[] {
  const reversed = customer.identifiers.toReversed();
  // Every second customer has a card that the vendor generated, so that clients get both kinds of response.
  if (customer.id % 2 === 0 || customer.identifiers.some(isCard)) return reversed;
  return [{ type: 'cardnumber', value: `regcm${String(customer.id).padStart(16, '0')}` }, ...reversed];
}

function writeChannel(channel: WireChannel): JsonObject {
  return { ...channel, meta: { residence: false, office: false, ...channel.meta }, attributes: {} };
}
