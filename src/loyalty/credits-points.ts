function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Whether an enrollment credits points. It is not validated yet; `loyaltyPoints` that is no number credits none. */
export function creditsPoints(enrollment: unknown): boolean {
  if (!isObject(enrollment) || !Array.isArray(enrollment['programs'])) return false;
  return enrollment['programs'].some(
    (program: unknown) =>
      isObject(program) && typeof program['loyaltyPoints'] === 'number' && program['loyaltyPoints'] > 0,
  );
}
