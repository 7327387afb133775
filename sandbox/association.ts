import { bareKey } from './customer-store.ts';
import type { Customer } from './customer-store.ts';
import { issue } from './issues.ts';
import type { Issue } from './issues.ts';
import { companies, hierarchies } from './organization.ts';
import type { Hierarchy, Role } from './organization.ts';
import { findPerson, writePerson } from './person.ts';
import type { CallContext } from './person.ts';
import { validatePerson } from './validate-person.ts';
import type { CheckedPerson } from './validate-person.ts';
import type { LoyaltyType, WireAssociation, WirePerson } from './wire.ts';

/** What an association would change. Nothing is changed while `errors` has an entry. */
export interface AssociationPlan {
  sent: WireAssociation;
  hierarchyCode: string;
  role: Role;
  childRole: Role | null;
  parent: PlannedPerson | null;
  children: PlannedPerson[];
}

export interface PlannedPerson {
  checked: CheckedPerson;
  customer: Customer | null;
  errors: Issue[];
}

/** The outcome of one child: a failed child does not fail the item. */
export interface ChildOutcome {
  person: WirePerson;
  customer: Customer | null;
  errors: Issue[];
  warnings: Issue[];
}

/** Checks an association; the item fails with the `errors` that it returns. */
export function planAssociation(
  sent: WireAssociation,
  own: CheckedPerson,
  customer: Customer | null,
  call: CallContext,
): { errors: Issue[]; plan: AssociationPlan | null } {
  const hierarchy = hierarchies.get(sent.hierarchyCode ?? '');
  if (!hierarchy) return { errors: [issue(1609)], plan: null };
  if (!hierarchy.active) return { errors: [issue(1610)], plan: null };
  const role = hierarchy.roles.get(sent.roleCode ?? '');
  if (!role) return { errors: [issue(1607)], plan: null };

  const errors = [...companyErrors(sent), ...otherHierarchyErrors(customer, hierarchy)];
  const childRole = childRoleOf(sent, hierarchy, role);
  if (childRole === 'unfit') errors.push(issue(1615));

  const parent = sent.parentCustomer ? planPerson(sent.parentCustomer, hierarchy, call) : null;
  if (parent) errors.push(...parent.errors, ...parentErrors(parent, own, role, customer, call));

  const above = parent ? [own, parent.checked] : [own];
  const children = (sent.childCustomers ?? []).map((child) =>
    planChild(child, hierarchy, above, customer, call),
  );
  if (hasTooManyChildren(children, customer, call)) errors.push(issue(1605));

  if (childRole === 'unfit') return { errors, plan: null };
  return { errors, plan: { sent, hierarchyCode: hierarchy.code, role, childRole, parent, children } };
}

/** Maps the parent, the customer and those children that have no error of their own. */
export function applyAssociation(
  plan: AssociationPlan,
  customer: Customer,
  loyaltyType: LoyaltyType,
  call: CallContext,
): { parent: Customer | null; children: ChildOutcome[] } {
  const { hierarchyCode, role, childRole, sent } = plan;
  const companyExternalId = sent.fleetCompany?.externalId ?? customer.association?.companyExternalId ?? null;
  const parent = plan.parent
    ? writePerson(plan.parent.checked, plan.parent.customer, loyaltyType, call)
    : null;
  if (parent && !parent.association) {
    const roleCode = role.reportsTo ?? role.code;
    call.state.customers.associate(parent, { hierarchyCode, roleCode, companyExternalId, parentId: null });
  }
  const parentId = parent?.id ?? customer.association?.parentId ?? null;
  call.state.customers.associate(customer, {
    hierarchyCode,
    roleCode: role.code,
    companyExternalId,
    parentId,
  });

  const children = plan.children.map(({ checked, customer: known, errors }): ChildOutcome => {
    const { person, warnings } = checked;
    if (errors.length > 0) return { person, customer: null, errors, warnings };
    const child = writePerson(checked, known, loyaltyType, call);
    const roleCode = childRole?.code ?? role.code;
    call.state.customers.associate(child, {
      hierarchyCode,
      roleCode,
      companyExternalId,
      parentId: customer.id,
    });
    return { person, customer: child, errors, warnings };
  });
  return { parent, children };
}

function companyErrors({ fleetCompany }: WireAssociation): Issue[] {
  if (!fleetCompany) return [];
  const company = companies.get(fleetCompany.externalId);
  if (!company) return [issue(1703)];
  return company.active ? [] : [issue(1705)];
}

function otherHierarchyErrors(customer: Customer | null, hierarchy: Hierarchy): Issue[] {
  const mapped = customer?.association?.hierarchyCode;
  return mapped !== undefined && mapped !== hierarchy.code ? [issue(1626)] : [];
}

/** Children need a role that reports to the customer's own; a level may not be skipped. */
function childRoleOf(sent: WireAssociation, hierarchy: Hierarchy, role: Role): Role | null | 'unfit' {
  if (sent.childRoleCode === undefined) return sent.childCustomers?.length ? 'unfit' : null;
  const childRole = hierarchy.roles.get(sent.childRoleCode);
  return childRole?.reportsTo === role.code ? childRole : 'unfit';
}

function planPerson(person: WirePerson, hierarchy: Hierarchy, call: CallContext): PlannedPerson {
  const checked = validatePerson(person, call.route, call.state.settings);
  const { customer, errors } = findPerson(checked, call);
  return {
    checked,
    customer,
    errors: [...checked.errors, ...errors, ...otherHierarchyErrors(customer, hierarchy)],
  };
}

function planChild(
  person: WirePerson,
  hierarchy: Hierarchy,
  above: CheckedPerson[],
  customer: Customer | null,
  call: CallContext,
): PlannedPerson {
  const child = planPerson(person, hierarchy, call);
  const isAncestor =
    customer && child.customer ? call.state.customers.isAtOrAbove(child.customer.id, customer) : false;
  if (isAncestor || above.some((other) => shareIdentifier(other, child.checked)))
    child.errors.push(issue(1608));
  return child;
}

/** Compares two customers by their identifiers where neither is registered yet. */
function shareIdentifier(one: CheckedPerson, other: CheckedPerson): boolean {
  const keys = new Set(one.identifiers.map(bareKey));
  return other.identifiers.some((identifier) => keys.has(bareKey(identifier)));
}

function parentErrors(
  parent: PlannedPerson,
  own: CheckedPerson,
  role: Role,
  customer: Customer | null,
  call: CallContext,
): Issue[] {
  if (shareIdentifier(parent.checked, own)) return [issue(1608)];
  if (!parent.customer) return [];
  const { customers, settings } = call.state;
  const errors: Issue[] = [];
  // The vendor's own sample puts an FA below an FA: at the top, a customer may report to one of its own role.
  const roleAbove = role.reportsTo ?? role.code;
  if ((parent.customer.association?.roleCode ?? roleAbove) !== roleAbove) errors.push(issue(1607));
  if (customer && customers.isAtOrAbove(customer.id, parent.customer)) errors.push(issue(1608));
  const isChildAlready = customer !== null && customer.association?.parentId === parent.customer.id;
  if (!isChildAlready && customers.countChildren(parent.customer.id) >= settings.maxChild)
    errors.push(issue(1605));
  return errors;
}

function hasTooManyChildren(children: PlannedPerson[], above: Customer | null, call: CallContext): boolean {
  if (children.length === 0) return false;
  const known = new Set(children.map(({ customer }) => customer?.id).filter((id) => id !== undefined));
  const present = above ? call.state.customers.childrenOf(above.id).map(({ id }) => id) : [];
  const unregistered = children.filter(({ customer }) => !customer).length;
  return new Set([...present, ...known]).size + unregistered > call.state.settings.maxChild;
}
