interface Differences {
  readonly programId?: number;
  readonly loyaltyPoints?: number;
  readonly [field: string]: unknown;
}

/** Builds a valid body of `POST /v1/loyalty/enrollments` with one program; a test names only what matters to it. */
export function anEnrollment({
  programId = 1016,
  loyaltyPoints = 5,
  ...differences
}: Differences = {}): Record<string, unknown> {
  return {
    identifiers: [{ type: 'mobile', value: '919900000001' }],
    programs: [{ programId, tierNumber: 2, loyaltyPoints }],
    ...differences,
  };
}
