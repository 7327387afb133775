import type { ProblemType } from '../problems/problem-catalog.js';

/** Problems by which somebody is kept from what they asked for, whatever they asked: each leaves an audit event. */
export const ACCESS_REFUSALS: ReadonlySet<ProblemType> = new Set<ProblemType>([
  'unauthenticated',
  'insufficient-scope',
  'out-of-bounds',
  'points-limit',
  'rate-limited',
  'too-many-imports',
  'too-many-failures',
]);
