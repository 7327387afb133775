import { bareKey, identifierKey } from './customer-store.ts';
import type { CallContext } from './person.ts';
import type { Touched } from './running-customers.ts';
import { isObject } from './shape.ts';
import type { JsonObject } from './shape.ts';
import type { WireItem, WirePerson } from './wire.ts';

/** The customers that an item touches, by each identifier and, where it is registered, by its customer. */
export function touchedBy(item: WireItem, call: CallContext): Touched {
  const { parentCustomer } = item.associationDetails ?? {};
  return {
    owned: ownPersons(item).flatMap((person) => keysOf(person, call)),
    named: parentCustomer ? keysOf(parentCustomer, call) : [],
  };
}

/** Keys such as `mobile:919900000001` of the item's own customer and its children. */
export function ownIdentifiers(item: WireItem): Set<string> {
  return new Set(ownPersons(item).flatMap(({ profiles: [profile] }) => profile.identifiers.map(bareKey)));
}

/** Collects the keys of every identifier in a body that is not validated yet, at every depth that the vendor uses. */
export function identifiersIn(body: unknown): Set<string> {
  const keys = new Set<string>();
  const items: unknown[] = Array.isArray(body) ? body : [];
  for (const item of items) {
    collectOwn(item, keys);
    collect(associationIn(item)['parentCustomer'], keys);
  }
  return keys;
}

/** Collects the keys of the item's own customer and its children from an item that is not validated. */
export function ownIdentifiersIn(item: unknown): Set<string> {
  const keys = new Set<string>();
  collectOwn(item, keys);
  return keys;
}

function collectOwn(item: unknown, keys: Set<string>): void {
  const children = associationIn(item)['childCustomers'];
  for (const person of [item, ...(Array.isArray(children) ? (children as unknown[]) : [])])
    collect(person, keys);
}

function associationIn(item: unknown): JsonObject {
  const association = isObject(item) ? item['associationDetails'] : undefined;
  return isObject(association) ? association : {};
}

function ownPersons(item: WireItem): WirePerson[] {
  return [item, ...(item.associationDetails?.childCustomers ?? [])];
}

function keysOf({ profiles: [profile] }: WirePerson, { route, state }: CallContext): string[] {
  const found = state.customers.find(route, profile.identifiers);
  return [
    ...profile.identifiers.map((identifier) => identifierKey(route, identifier)),
    ...found.map(({ id }) => `customer ${id}`),
  ];
}

function collect(person: unknown, keys: Set<string>): void {
  const profiles: unknown[] = isObject(person) && Array.isArray(person['profiles']) ? person['profiles'] : [];
  for (const profile of profiles) {
    const identifiers: unknown[] =
      isObject(profile) && Array.isArray(profile['identifiers']) ? profile['identifiers'] : [];
    for (const identifier of identifiers) {
      if (!isObject(identifier)) continue;
      const { type, value } = identifier;
      if (typeof type === 'string' && (typeof value === 'string' || typeof value === 'number'))
        keys.add(bareKey({ type, value: String(value) }));
    }
  }
}
