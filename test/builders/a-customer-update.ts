/** Builds a valid body of `PATCH /v1/customers`; a test names only what matters to it. */
export function aCustomerUpdate(differences: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    identifiers: [{ type: 'mobile', value: '919900000001' }],
    firstName: 'Asha',
    loyaltyType: 'loyalty',
    ...differences,
  };
}
