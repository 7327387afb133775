import { bareKey } from './customer-store.ts';
import type { Customer, CustomerStore } from './customer-store.ts';
import { issue } from './issues.ts';
import type { Issue } from './issues.ts';
import type { Route } from './route.ts';
import type { SandboxState } from './state.ts';
import type { CheckedPerson } from './validate-person.ts';
import type { LoyaltyType, WireChannel } from './wire.ts';

/** What applying an item needs to know about its call. */
export interface CallContext {
  id: string;
  at: Date;
  route: Route;
  state: SandboxState;
}

/** The longest name; the vendor silently drops what exceeds it, docs/vendor-contract.md section 2. */
const nameLength = 100;

/** Finds the customer that has the identifiers. No customer is not an error: the caller decides whether to register one. */
export function findPerson(
  { identifiers }: CheckedPerson,
  call: CallContext,
): { customer: Customer | null; errors: Issue[] } {
  const [customer = null, ...others] = call.state.customers.find(call.route, identifiers);
  const errors: Issue[] = [];
  if (others.length > 0) errors.push(issue(8007));
  if (customer?.fraud) errors.push(issue(618));
  return { customer, errors };
}

/** Overwrites the stored customer with what was sent, and registers an unknown one. */
export function writePerson(
  checked: CheckedPerson,
  known: Customer | null,
  loyaltyType: LoyaltyType,
  call: CallContext,
): Customer {
  const customers: CustomerStore = call.state.customers;
  // The same call may have registered the customer since it was looked for, as a child that is sent twice.
  const customer =
    known ??
    customers.find(call.route, checked.identifiers)[0] ??
    customers.register(call.route, loyaltyType);
  const { person } = checked;
  const [profile] = person.profiles;
  customers.addIdentifiers(customer, checked.identifiers);
  customer.firstName = profile.firstName?.slice(0, nameLength) ?? customer.firstName;
  customer.lastName = profile.lastName?.slice(0, nameLength) ?? customer.lastName;
  customer.fields = { ...customer.fields, ...profile.fields };
  customer.extendedFields = { ...customer.extendedFields, ...person.extendedFields };
  customer.commChannels = mergeChannels(customer.commChannels, checked.channels);
  customer.lastUpdatedOn = call.at;
  return customer;
}

function mergeChannels(known: WireChannel[], sent: WireChannel[]): WireChannel[] {
  return [...new Map([...known, ...sent].map((channel) => [bareKey(channel), channel])).values()];
}
