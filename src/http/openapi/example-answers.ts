import type { OpenAPIObject } from '@nestjs/swagger';
import { Problem, problemBody } from '../../problems/problem.js';
import type { ProblemType } from '../../problems/problem-catalog.js';
import type { Scope } from '../../security/scopes.js';
import { insufficientScope, unauthenticated } from '../../security/security-problems.js';
import { type DocumentOperation, operationsOf } from './operations.js';

const REQUEST_ID = '5d0c1f5e-53a5-4f0f-9a3c-0b3b9a3f8f10';
const UPDATE_ID = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const CALL_ID = 'e638a4f6-98c8-4174-99cf-ded55b24b0eb';

const UPDATED = {
  outcome: 'updated',
  identifiers: [
    { type: 'cardnumber', value: 'regcm0000000409966467' },
    { type: 'mobile', value: '919900000001' },
    { type: 'externalId', value: 'EXT-1' },
    { type: 'email', value: 'asha.rao@example.com' },
  ],
  warnings: [],
  children: [],
  updateId: UPDATE_ID,
  attempts: 1,
  upstreamRequestId: CALL_ID,
};

const NOT_FOUND = {
  code: 8015,
  outcome: 'rejected',
  retryable: false,
  updateId: UPDATE_ID,
  attempts: 1,
  upstreamRequestId: CALL_ID,
  errors: [{ code: 8015, message: 'Customer not found', type: '/problems/customer-not-found', status: 404 }],
};

/** The operations that have an id in their path, by its beginning, and the problem without such an id. */
const MISSING: readonly (readonly [string, ProblemType])[] = [
  ['/v1/imports/{id}', 'import-not-found'],
  ['/v1/customers/stored-data/{id}', 'erasure-not-found'],
  ['/v1/loyalty/unknown-credits/{id}', 'unknown-credit-not-found'],
];

/** The updates that the vendor answers alike if there is no such customer. */
const OF_PROFILE = ['updateCustomer', 'setMembership'];

type Documented = DocumentOperation & { readonly 'x-required-scope'?: [Scope, ...Scope[]] };

function exampleProblem(path: string, operation: Documented, status: string): Problem | undefined {
  const { 'x-required-scope': scopes, requestBody } = operation;
  const missing = MISSING.find(([begin]) => path.startsWith(begin));
  if (status === '401') return unauthenticated(false);
  if (status === '403' && scopes) return insufficientScope(scopes);
  if (status === '404' && missing) return new Problem(missing[1]);
  if (status === '404' && OF_PROFILE.includes(operation.operationId ?? '')) {
    return new Problem('customer-not-found', { detail: 'Customer not found', ...NOT_FOUND });
  }
  if (status === '415' && requestBody && 'content' in requestBody && !('text/csv' in requestBody.content)) {
    return new Problem('unsupported-media-type', { detail: 'The body must be application/json.' });
  }
  return undefined;
}

/**
 * Gives responses an example that is a real answer: problems are made by the functions that make the real ones, and a
 * test compares every example with what the service answers. Other responses show the examples of their schemas.
 */
export function addExampleAnswers(document: OpenAPIObject): OpenAPIObject {
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations as Record<string, Documented>)) {
      for (const [status, response] of Object.entries(operation.responses)) {
        if (!response || '$ref' in response || !response.content) continue;
        const problem = exampleProblem(path, operation, status);
        const content = response.content['application/problem+json'];
        if (problem && content) content.example = problemBody(problem, REQUEST_ID);
      }
    }
  }
  for (const { operationId = '', responses } of operationsOf(document)) {
    const updated = responses['200'];
    if (operationId !== 'updateCustomer' || !updated || '$ref' in updated) continue;
    const content = updated.content?.['application/json'];
    if (content) content.example = UPDATED;
  }
  return document;
}
