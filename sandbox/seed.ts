import type { CustomerStore } from './customer-store.ts';
import { routeProblem } from './route.ts';
import { filledText, flag, listOf, mapOf, oneOf, orNull, scalar, shape, text } from './shape.ts';
import type { FieldMap, LoyaltyType, WireIdentifier } from './wire.ts';

/** A customer in the simple form of the admin API. */
export interface SeedCustomer {
  source: string;
  accountId?: string | null;
  identifiers: WireIdentifier[];
  firstName?: string;
  lastName?: string;
  loyaltyType?: LoyaltyType;
  fields?: FieldMap;
  extendedFields?: FieldMap;
  fraud?: boolean;
}

const seedShape = shape(
  {
    source: text,
    accountId: orNull(filledText),
    identifiers: listOf(shape({ type: filledText, value: filledText }, ['type', 'value']), 1),
    firstName: text,
    lastName: text,
    loyaltyType: oneOf('loyalty', 'non_loyalty'),
    fields: mapOf(scalar),
    extendedFields: mapOf(scalar),
    fraud: flag,
  },
  ['source', 'identifiers'],
);

export function seedProblem(written: unknown, path: string): string | null {
  const problem = seedShape(written, path);
  if (problem !== null) return problem;
  const { source, accountId } = written as SeedCustomer;
  return routeProblem(source, accountId ?? null);
}

/** Adds a customer, or changes the one that has one of the identifiers, such as to mark it as fraud. */
export function plantCustomer(customers: CustomerStore, seed: SeedCustomer): number {
  const route = { source: seed.source, accountId: seed.accountId ?? null };
  const customer =
    customers.find(route, seed.identifiers)[0] ?? customers.register(route, seed.loyaltyType ?? 'loyalty');
  customers.addIdentifiers(customer, seed.identifiers);
  customer.firstName = seed.firstName ?? customer.firstName;
  customer.lastName = seed.lastName ?? customer.lastName;
  customer.loyaltyType = seed.loyaltyType ?? customer.loyaltyType;
  customer.fields = { ...customer.fields, ...seed.fields };
  customer.extendedFields = { ...customer.extendedFields, ...seed.extendedFields };
  customer.fraud = seed.fraud ?? customer.fraud;
  return customer.id;
}

/** All names are fictional. */
const inStore = [
  'Asha Rao',
  'Ben Okoro',
  'Chiara Neri',
  'Dev Menon',
  'Elif Kaya',
  'Farid Haddad',
  'Grace Lim',
  'Hugo Brandt',
  'Ines Duarte',
  'Jonas Vik',
  'Kavya Iyer',
  'Liam Byrne',
  'Mei Tanaka',
  'Nadia Petrov',
  'Omar Saleh',
  'Priya Nair',
  'Quentin Faure',
  'Rosa Jimenez',
  'Sipho Dlamini',
  'Tara Wells',
];

/** The parent and the customer of samples/bulk-put-association.request.json. */
const weChat = [
  ['Tom', 'Sawyer', '915905000000'],
  ['Jim', 'Solace', '919905000000'],
];

export function seedCustomers(customers: CustomerStore): void {
  inStore.forEach((name, index) => {
    const [firstName = '', lastName = ''] = name.split(' ');
    const identifiers = [{ type: 'mobile', value: String(919_900_000_001 + index) }];
    if (index === 0)
      identifiers.push(
        { type: 'email', value: 'asha.rao@example.com' },
        { type: 'externalId', value: 'EXT-1' },
      );
    const loyaltyType = index === 1 ? 'non_loyalty' : 'loyalty';
    plantCustomer(customers, { source: 'INSTORE', identifiers, firstName, lastName, loyaltyType });
  });
  for (const [firstName = '', lastName = '', mobile = ''] of weChat) {
    plantCustomer(customers, {
      source: 'WECHAT',
      accountId: 'WECHAT-CM',
      firstName,
      lastName,
      identifiers: [
        { type: 'mobile', value: mobile },
        { type: 'cuid', value: `cuid_${mobile}` },
        { type: 'unionId', value: `unionId_${mobile}` },
      ],
    });
  }
}
