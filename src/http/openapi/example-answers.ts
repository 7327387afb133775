import type { OpenAPIObject } from '@nestjs/swagger';
import { problemBody } from '../../problems/problem.js';
import { CALL_ID, type Documented, UPDATE_ID, exampleProblem } from './example-problems.js';
import { operationsOf } from './operations.js';

const REQUEST_ID = '5d0c1f5e-53a5-4f0f-9a3c-0b3b9a3f8f10';

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

/**
 * Gives every problem, and the answer to the first request that people try, an example that is a real answer. A test
 * compares most of them with what the service answers, and all of them with the catalog of problems. Other responses show
 * the examples of their schemas.
 */
export function addExampleAnswers(document: OpenAPIObject): OpenAPIObject {
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations as Record<string, Documented>)) {
      for (const [status, response] of Object.entries(operation.responses)) {
        if (!response || '$ref' in response || !response.content) continue;
        const content = response.content['application/problem+json'];
        const problem = content && exampleProblem(path, operation, status);
        if (problem) content.example = problemBody(problem, REQUEST_ID);
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
