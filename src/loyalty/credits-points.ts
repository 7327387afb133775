function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Whether an enrolment as it was sent asks for points. It is not validated yet; what is no number asks for none. */
export function creditsPoints(enrollment: unknown): boolean {
  if (!isObject(enrollment) || !Array.isArray(enrollment['programs'])) return false;
  return enrollment['programs'].some(
    (program: unknown) =>
      isObject(program) && typeof program['loyaltyPoints'] === 'number' && program['loyaltyPoints'] > 0,
  );
}
