import type { Route } from './route.ts';
import { isCard } from './wire.ts';
import type { FieldMap, LoyaltyType, WireChannel, WireIdentifier } from './wire.ts';

export interface Customer {
  readonly id: number;
  readonly source: string;
  readonly accountId: string | null;
  identifiers: WireIdentifier[];
  firstName: string;
  lastName: string;
  loyaltyType: LoyaltyType;
  commChannels: WireChannel[];
  fields: FieldMap;
  extendedFields: FieldMap;
  referralCode: string;
  createDate: string | null;
  associatedWith: string | null;
  fraud: boolean;
  enrollments: Enrollment[];
  association: Association | null;
  readonly createdOn: Date;
  lastUpdatedOn: Date;
}

export interface Enrollment {
  programId: number;
  tierNumber: number;
  points: number;
  tierExpiryDate: string | null;
  pointsExpiryDate: string | null;
}

export interface Association {
  hierarchyCode: string;
  roleCode: string;
  companyExternalId: string | null;
  parentId: number | null;
}

/** The name of an identifier within a route, such as `WECHAT|WECHAT-CM|mobile:919900000001`. */
export function identifierKey(route: Route, identifier: { type: string; value: string }): string {
  return `${route.source}|${route.accountId ?? ''}|${bareKey(identifier)}`;
}

/** `card` and `cardnumber` are two names of one type, and e-mail addresses are case-insensitive. */
export function bareKey({ type, value }: { type: string; value: string }): string {
  const name = isCard({ type }) ? 'cardnumber' : type;
  return `${name}:${type === 'email' ? value.toLowerCase() : value}`;
}

export class CustomerStore {
  readonly #byId = new Map<number, Customer>();
  readonly #byKey = new Map<string, Customer>();
  readonly #childIds = new Map<number, Set<number>>();
  #nextId = 409_966_467; // the first id of the vendor's samples

  get size(): number {
    return this.#byId.size;
  }

  all(): Customer[] {
    return [...this.#byId.values()];
  }

  byId(id: number): Customer | undefined {
    return this.#byId.get(id);
  }

  /** Finds every customer that has one of the identifiers: more than one is a conflict. */
  find(route: Route, identifiers: readonly { type: string; value: string }[]): Customer[] {
    const found = identifiers.map((identifier) => this.#byKey.get(identifierKey(route, identifier)));
    return [...new Set(found.filter((customer) => customer !== undefined))];
  }

  register(route: Route, loyaltyType: LoyaltyType): Customer {
    const now = new Date();
    const customer: Customer = {
      id: this.#nextId++,
      source: route.source,
      accountId: route.accountId,
      identifiers: [],
      firstName: '',
      lastName: '',
      loyaltyType,
      commChannels: [],
      fields: {},
      extendedFields: {},
      referralCode: '',
      createDate: null,
      associatedWith: null,
      fraud: false,
      enrollments: [],
      association: null,
      createdOn: now,
      lastUpdatedOn: now,
    };
    this.#byId.set(customer.id, customer);
    return customer;
  }

  /** Forgets the seed, before what an earlier process stored takes its place. */
  clear(): void {
    for (const map of [this.#byId, this.#byKey, this.#childIds]) map.clear();
  }

  /** Adds a customer that an earlier process registered; its parent may follow later. */
  restore(customer: Customer): void {
    this.#byId.set(customer.id, customer);
    this.#nextId = Math.max(this.#nextId, customer.id + 1);
    for (const identifier of customer.identifiers)
      this.#byKey.set(identifierKey(customer, identifier), customer);
    if (customer.association) this.associate(customer, customer.association);
  }

  /** Adds new identifiers to the customer, and replaces the details of a known card. */
  addIdentifiers(customer: Customer, identifiers: readonly WireIdentifier[]): void {
    for (const identifier of identifiers) {
      const key = bareKey(identifier);
      const others = customer.identifiers.filter((known) => bareKey(known) !== key);
      customer.identifiers = [...others, identifier];
      this.#byKey.set(identifierKey(customer, identifier), customer);
    }
  }

  associate(customer: Customer, association: Association): void {
    const formerParentId = customer.association?.parentId ?? null;
    if (formerParentId !== null) this.#childIds.get(formerParentId)?.delete(customer.id);
    customer.association = association;
    if (association.parentId === null) return;
    const siblings = this.#childIds.get(association.parentId) ?? new Set<number>();
    this.#childIds.set(association.parentId, siblings.add(customer.id));
  }

  childrenOf(parentId: number): Customer[] {
    return [...(this.#childIds.get(parentId) ?? [])]
      .map((id) => this.#byId.get(id))
      .filter((child) => child !== undefined);
  }

  countChildren(parentId: number): number {
    return this.#childIds.get(parentId)?.size ?? 0;
  }

  /** Whether `ancestorId` is an ancestor of the customer, or the customer. */
  isAtOrAbove(ancestorId: number, customer: Customer): boolean {
    const seen = new Set<number>();
    let current: Customer | undefined = customer;
    while (current !== undefined && !seen.has(current.id)) {
      if (current.id === ancestorId) return true;
      seen.add(current.id);
      const parentId: number | null = current.association?.parentId ?? null;
      current = parentId === null ? undefined : this.#byId.get(parentId);
    }
    return false;
  }
}
