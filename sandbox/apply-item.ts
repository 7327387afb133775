import { applyAssociation, planAssociation } from './association.ts';
import type { ChildOutcome } from './association.ts';
import { isOfCrowd } from './crowd.ts';
import type { Customer } from './customer-store.ts';
import { readVendorTime } from './dates.ts';
import { enroll, enrollmentErrors } from './enrollment.ts';
import { issue } from './issues.ts';
import type { Issue } from './issues.ts';
import { unknownTill } from './organization.ts';
import { findPerson, writePerson } from './person.ts';
import type { CallContext } from './person.ts';
import { validatePerson } from './validate-person.ts';
import type { WireItem } from './wire.ts';

/** The outcome of one item of a call. It has a customer if, and only if, the item was applied. */
export type ItemOutcome = AppliedItem | FailedItem;

export interface AppliedItem {
  item: WireItem;
  customer: Customer;
  parent: Customer | null;
  children: ChildOutcome[];
  warnings: Issue[];
}

export interface FailedItem {
  item: WireItem;
  customer: null;
  errors: Issue[];
  warnings: Issue[];
}

/** Applies one item completely, or not at all when it has an error. */
export function applyItem(item: WireItem, call: CallContext): ItemOutcome {
  const checked = validatePerson(item, call.route, call.state.settings);
  const { customer: known, errors: foundErrors } = findPerson(checked, call);
  const errors = [...checked.errors, ...foundErrors, ...itemErrors(item, known, call)];
  // Without a valid identifier there is no lookup, so "not found" would only repeat the first error.
  const isRefused =
    call.state.settings.unknownCustomer === 'refuse' && !isOfCrowd(call.route, checked.identifiers);
  const unfound = known === null && isRefused;
  if (unfound && checked.identifiers.length > 0) errors.push(issue(8015));

  const { associationDetails } = item;
  const association = associationDetails ? planAssociation(associationDetails, checked, known, call) : null;
  errors.push(...(association?.errors ?? []));
  if (errors.length > 0) return failedItem(item, errors, checked.warnings);

  const { loyaltyType } = item.loyaltyInfo;
  const customer = writePerson(checked, known, loyaltyType, call);
  customer.loyaltyType = loyaltyType;
  customer.referralCode = item.referralCode ?? customer.referralCode;
  customer.createDate = item.createDate ?? customer.createDate;
  customer.associatedWith = item.associatedWith ?? customer.associatedWith;
  for (const row of enroll(customer, item.loyaltyProgramEnrollments ?? [], call))
    call.state.ledger.credit(row);

  const mapped = association?.plan
    ? applyAssociation(association.plan, customer, loyaltyType, call)
    : { parent: null, children: [] };
  return { item, customer, warnings: checked.warnings, ...mapped };
}

export function failedItem(item: WireItem, errors: Issue[], warnings: Issue[] = []): FailedItem {
  return { item, customer: null, errors, warnings };
}

function itemErrors(item: WireItem, known: Customer | null, call: CallContext): Issue[] {
  const errors: Issue[] = [];
  if (known?.loyaltyType === 'loyalty' && item.loyaltyInfo.loyaltyType === 'non_loyalty')
    errors.push(issue(1046));
  if (item.createDate !== undefined) {
    const created = readVendorTime(item.createDate);
    if (created === null || created > call.at) errors.push(issue(1034));
  }
  if (item.associatedWith === unknownTill) errors.push(issue(91020));
  return [...errors, ...enrollmentErrors(item, call.at)];
}
