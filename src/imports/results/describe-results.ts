import { getSchemaPath } from '@nestjs/swagger';
import { OUTCOME_SCHEMA, type OutcomeDto } from '../../writes/dto/outcome.dto.js';
import { ImportDto } from '../dto/import.dto.js';
import { toResult } from './line-result.js';
import { type ResultFormat, writeResultFile } from './stream-results.js';

/** The OpenAPI schema of one line of the results. Its title makes it a schema of its own in the document. */
const RESULT_SCHEMA = {
  title: 'ImportResult',
  allOf: [
    OUTCOME_SCHEMA,
    {
      type: 'object' as const,
      required: ['line'],
      properties: {
        line: { type: 'integer' as const, description: 'The number of the line in the upload.', example: 1 },
      },
    },
  ],
};

const UPDATED: OutcomeDto = {
  outcome: 'updated',
  identifiers: [{ type: 'mobile', value: '919900000001' }],
  warnings: [],
  children: [],
  updateId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  attempts: 1,
  upstreamRequestId: 'e638a4f6-98c8-4174-99cf-ded55b24b0eb',
};

const REJECTED: OutcomeDto = {
  outcome: 'rejected',
  errors: [
    {
      pointer: '/firstName',
      code: 'too-long',
      params: { max: 100 },
      message: 'must be at most 100 characters',
      type: '/problems/invalid-request',
      status: 400,
    },
  ],
  attempts: 0,
};

/** OpenAPI 3.0 has no field for what the lines of a stream are, so an extension names their schema. */
const ofLines = (format: ResultFormat) => ({
  schema: { type: 'string' as const, ...(format === 'ndjson' && { 'x-line-schema': RESULT_SCHEMA }) },
  example: writeResultFile([toResult(1, UPDATED), toResult(2, REJECTED)], format),
});

/** What the OpenAPI document says of the file of results. */
export const RESULTS_CONTENT = {
  'application/x-ndjson': ofLines('ndjson'),
  'text/csv': ofLines('csv'),
};

/** What the OpenAPI document says of the stream of events: an extension names the schema of their data. */
export const EVENTS_CONTENT = {
  'text/event-stream': {
    schema: { type: 'string' as const, 'x-event-data-schema': { $ref: getSchemaPath(ImportDto) } },
  },
};
