import { Problem, invalidRequest, problemPath } from '../../problems/problem.js';
import { PROBLEM_PAGES, type ProblemType, REASONS } from '../../problems/problem-catalog.js';
import type { OutcomeReason } from '../../delivery/outcome.js';
import { rateLimited } from '../../security/inbound-limits.service.js';
import type { Scope } from '../../security/scopes.js';
import { insufficientScope, unauthenticated } from '../../security/security-problems.js';
import { problemOfStatus } from '../status-problems.js';
import { refuseType } from '../upload-types.js';
import type { DocumentOperation } from './operations.js';

export const UPDATE_ID = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
export const CALL_ID = 'e638a4f6-98c8-4174-99cf-ded55b24b0eb';
const CREDIT_ID = '2f6f9a58-5a0d-4a4e-9d5c-3c1e0f4f6f0b';

export type Documented = DocumentOperation & { readonly 'x-required-scope'?: [Scope, ...Scope[]] };

/** What makes the problems of an operation differ from those of others. */
interface Traits {
  readonly path: string;
  readonly operation: Documented;
  readonly isKeyed: boolean;
  readonly isUpload: boolean;
  readonly hasBody: boolean;
  /** Whether it sends one update, many, or reads from the vendor; undefined where it does not call the vendor. */
  readonly calls: 'one' | 'many' | 'read' | undefined;
}

function traitsOf(path: string, operation: Documented): Traits {
  const { parameters = [], requestBody, responses } = operation;
  const callsOne = responses['504'] ? 'one' : 'read';
  return {
    path,
    operation,
    isKeyed: parameters.some((one) => 'name' in one && one.name === 'Idempotency-Key'),
    isUpload: requestBody !== undefined && 'content' in requestBody && 'text/csv' in requestBody.content,
    hasBody: requestBody !== undefined,
    calls: responses['502'] ? callsOne : responses['504'] && 'many',
  };
}

/** The operations that have an id in their path, by its beginning, and the problem without such an id. */
const MISSING: readonly (readonly [string, ProblemType])[] = [
  ['/v1/imports/{id}', 'import-not-found'],
  ['/v1/customers/stored-data/{id}', 'erasure-not-found'],
  ['/v1/loyalty/unknown-credits/{id}', 'unknown-credit-not-found'],
  ['/v1/updates/{id}', 'explanation-not-found'],
];

/** The vendor's verdict on one update, or on a search, as the service passes it on. */
function verdict(
  calls: Traits['calls'],
  type: ProblemType,
  vendor: { code: number; message: string; part?: string },
): Problem {
  const { status } = PROBLEM_PAGES[type];
  const { code, message } = vendor;
  const sent = { outcome: 'rejected', updateId: UPDATE_ID, attempts: 1, upstreamRequestId: CALL_ID };
  return new Problem(type, {
    detail: message,
    code,
    ...(calls === 'one' && sent),
    retryable: false,
    errors: [{ ...vendor, type: problemPath(type), status }],
  });
}

function notFound({ path, operation, calls }: Traits): Problem {
  const missing = MISSING.find(([begin]) => path.startsWith(begin));
  if (missing) return new Problem(missing[1]);
  const [file] = operation.parameters ?? [];
  if (file && 'schema' in file && file.schema && 'enum' in file.schema && path.endsWith('{file}')) {
    const detail = `There is no such template. There are: ${(file.schema.enum ?? []).join(', ')}.`;
    return new Problem('endpoint-not-found', { detail });
  }
  // The vendor's code is about a part only where an update has several.
  const part = path === '/v1/updates' ? { part: 'profile' } : {};
  return verdict(calls, 'customer-not-found', { code: 8015, message: 'Customer not found', ...part });
}

function invalid({ isUpload, hasBody, isKeyed }: Traits): Problem {
  const unknown = { code: 'unknown-property', message: 'is not a known property' } as const;
  if (isUpload) return new Problem('upload-unreadable', { detail: 'The upload has no line.' });
  if (hasBody) return invalidRequest([{ pointer: '/fistName', ...unknown }]);
  if (!isKeyed) return invalidRequest([{ parameter: 'limt', ...unknown }]);
  const message =
    'must be a quoted string, or a token without quotes, commas, semicolons or spaces, of 1 to 255 printable ASCII characters';
  return invalidRequest([{ header: 'Idempotency-Key', code: 'format', message }]);
}

function conflict({ path, isKeyed }: Traits): Problem {
  if (path.startsWith('/v1/imports/{id}/')) return new Problem('import-state');
  if (path.startsWith('/v1/loyalty/unknown-credits/')) return new Problem('credit-resolved');
  if (!isKeyed) throw new Error(`no example of a conflict at ${path}`);
  return new Problem('idempotency-key-in-use', { retryable: true });
}

function refused({ isKeyed, calls }: Traits): Problem {
  if (isKeyed) return new Problem('idempotency-key-reused', { retryable: false });
  return verdict(calls, 'company-invalid', { code: 1703, message: 'Company does not exist' });
}

/** The problem of an update or a read that failed for this reason. */
function failed(calls: Traits['calls'], reason: OutcomeReason, isSent: boolean): Problem {
  const { type, sentence } = REASONS[reason];
  if (calls === 'read') return new Problem(type, { retryable: true, reason: sentence });
  const sent = isSent && { errors: [], updateId: UPDATE_ID, attempts: 1 };
  return new Problem(type, { outcome: 'failed', retryable: true, reason: sentence, ...sent });
}

function unavailable({ calls, path }: Traits): Problem {
  if (calls === 'read') return failed(calls, 'breaker-open', true);
  if (calls) return failed(calls, 'too-many-pending', false);
  if (path !== '/metrics') return new Problem('storage-unavailable');
  const reason = 'more requests arrive than can be answered';
  return new Problem('overloaded', { outcome: 'failed', retryable: true, reason });
}

function unknownOutcome({ calls }: Traits): Problem {
  const doubt = { outcome: 'unknown', attempts: 1 };
  if (calls === 'one') {
    const reason = REASONS['answer-timeout'].sentence;
    return new Problem('outcome-unknown', { ...doubt, retryable: true, reason, updateId: UPDATE_ID });
  }
  const reason =
    'the process that worked on the first request ended before its answer was kept; it credits points, so it is not sent again';
  return new Problem('outcome-unknown', {
    ...doubt,
    retryable: false,
    reason,
    pointsCredited: 'unknown',
    creditId: CREDIT_ID,
  });
}

const EXAMPLES: Readonly<Record<string, (traits: Traits) => Problem | undefined>> = {
  400: invalid,
  401: () => unauthenticated(false),
  403: ({ operation: { 'x-required-scope': scopes } }) => scopes && insufficientScope(scopes),
  404: notFound,
  408: () => problemOfStatus(408),
  409: conflict,
  413: ({ isUpload }) =>
    isUpload
      ? new Problem('body-too-large', { detail: 'The upload is over the limit of 4000000000 bytes.' })
      : problemOfStatus(413),
  415: ({ isUpload }) => (isUpload ? refuseType('text/plain', 'The body') : problemOfStatus(415)),
  422: refused,
  429: () => rateLimited('requestsPerSecond', 100, 1000),
  500: () => problemOfStatus(500),
  502: ({ calls }) => failed(calls, 'credentials-refused', true),
  503: unavailable,
  504: unknownOutcome,
};

/**
 * Makes a problem that an operation answers with this status, by the functions that make the real ones.
 *
 * @returns undefined where none is known
 */
export function exampleProblem(path: string, operation: Documented, status: string): Problem | undefined {
  return EXAMPLES[status]?.(traitsOf(path, operation));
}
