/** 12 digits. None of these numbers is a real one. */
const FIRST_MOBILE = 930_000_000_000;

const UPDATES = 1000;
/** One customer in this many has children. */
const PARENT_EVERY = 10;

/** A batch of one of the kinds of updates. */
export interface BatchBody {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  /** The name of the list in the body. */
  readonly list: (typeof KINDS)[number]['list'];
  readonly text: string;
}

function identifiers(customer: number) {
  const mobile = FIRST_MOBILE + customer;
  return [
    { type: 'mobile', value: String(mobile) },
    { type: 'email', value: `asha.rao-iyer.${customer}@example.com` },
    { type: 'externalId', value: `crm-${mobile}` },
  ];
}

function profile(customer: number) {
  const [mobile, email] = identifiers(customer).map(({ value }) => value);
  return {
    identifiers: identifiers(customer),
    firstName: 'Asha',
    lastName: 'Rao-Iyer',
    commChannels: [
      { type: 'mobile', value: mobile, primary: true, verified: true },
      { type: 'email', value: email, primary: true, verified: false },
    ],
    fields: { favoriteStore: 'Indiranagar', language: 'kn', visits: 17, hasOptedIn: true },
    extendedFields: { city: 'Bengaluru', pincode: '560038', dateOfBirth: '1989-04-17' },
  };
}

function customerUpdate(customer: number) {
  return { ...profile(customer), loyaltyType: 'loyalty', createDate: '2026-02-11T16:36:17+05:30' };
}

function enrollment(customer: number) {
  const programs = [{ programId: 1016, tierNumber: 2, tierExpiryDate: '2099-02-11T16:36:17+05:30' }];
  return { identifiers: identifiers(customer), programs };
}

function family(customer: number) {
  return {
    identifiers: identifiers(customer),
    loyaltyType: 'loyalty',
    hierarchyCode: 'code-association2',
    roleCode: 'FA',
    childRoleCode: 'FC',
    childCustomers: [profile(customer + 1), profile(customer + 2)],
  };
}

const KINDS = [
  { method: 'POST', path: '/v1/customers/batch', list: 'customers', write: customerUpdate },
  { method: 'POST', path: '/v1/loyalty/enrollments/batch', list: 'enrollments', write: enrollment },
  { method: 'PUT', path: '/v1/hierarchy/associations/batch', list: 'associations', write: family },
] as const;

function batchOf({ method, path, list, write }: (typeof KINDS)[number], firstCustomer: number): BatchBody {
  const items = Array.from({ length: UPDATES }, (_, index) => write(firstCustomer + index * KINDS.length));
  return { method, path, list, text: JSON.stringify({ [list]: items }) };
}

/**
 * Returns batches of 1,000 realistic updates, each of other customers: as many with profiles (3 identifiers, 2 channels,
 * maps of fields) as with an enrollment, and one in ten of them with children.
 */
export function batches(count: number, firstCustomer: number): BatchBody[] {
  const [customers, enrollments, associations] = KINDS;
  return Array.from({ length: count }, (_, index) => {
    const place = index % (2 * PARENT_EVERY + 1);
    const kind = place === 2 * PARENT_EVERY - 1 ? associations : place % 2 === 0 ? customers : enrollments;
    return batchOf(kind, firstCustomer + index * UPDATES * KINDS.length);
  });
}
