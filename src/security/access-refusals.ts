import type { ProblemType } from '../problems/problem-catalog.js';

/** Problems that deny a caller access or exceed its limits; each is recorded as an audit event. */
export const ACCESS_REFUSALS: ReadonlySet<ProblemType> = new Set<ProblemType>([
  'unauthenticated',
  'insufficient-scope',
  'out-of-bounds',
  'points-limit',
  'rate-limited',
  'too-many-imports',
  'too-many-failures',
]);
