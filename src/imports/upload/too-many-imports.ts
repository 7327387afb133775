import { ProblemException } from '../../problems/problem.js';

/** When one will have ended depends on its lines and on the vendor; by then a look is worth it. */
const RETRY_SECONDS = '60';

export function tooManyImports(mostOpen: number): ProblemException {
  return new ProblemException(
    'too-many-imports',
    `The limit is ${mostOpen} imports that have not ended.`,
    { outcome: 'failed', retryable: true },
    { 'Retry-After': RETRY_SECONDS },
  );
}
