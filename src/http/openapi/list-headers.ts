import type { OpenAPIObject } from '@nestjs/swagger';
import { type DocumentOperation, operationsOf } from './operations.js';

/** The headers of responses. One that is `required` is in every response that lists it. */
const HEADERS = {
  'X-Request-Id': {
    description:
      'The id of the request in the log: the one that you sent, or a generated one. It is in every response.',
    required: true,
    schema: { type: 'string' },
  },
  'RateLimit-Policy': {
    description:
      'The limits of the key or token (draft-ietf-httpapi-ratelimit-headers-10). They are in every response to an authenticated caller.',
    required: true,
    schema: { type: 'string', example: '"requests";q=100;w=1, "concurrent";q=50;qu="concurrent-requests"' },
  },
  RateLimit: {
    description: 'What is left of these limits, and after how many seconds they are restored.',
    required: true,
    schema: { type: 'string', example: '"requests";r=99;t=1, "concurrent";r=49' },
  },
  'Retry-After': {
    description: 'After how many seconds the request may be sent again.',
    schema: { type: 'integer', minimum: 1, example: 2 },
  },
  'Idempotency-Replayed': {
    description: 'Set if this is the earlier response under the Idempotency-Key, and nothing was done now.',
    schema: { type: 'string', example: 'true' },
  },
  Location: {
    description: 'The path of what was created, where its progress can be read.',
    required: true,
    schema: { type: 'string', format: 'uri-reference' },
  },
  'WWW-Authenticate': {
    description: 'How to authenticate.',
    required: true,
    schema: { type: 'string', example: 'Bearer' },
  },
} as const;

type HeaderName = keyof typeof HEADERS;

function headersOf({ security, parameters = [] }: DocumentOperation, status: string): HeaderName[] {
  const isSuccess = status.startsWith('2');
  const isKeyed = parameters.some((one) => 'name' in one && one.name === 'Idempotency-Key');
  const isLimited = security !== undefined && (isSuccess || status === '429');
  return [
    'X-Request-Id',
    ...(isLimited ? (['RateLimit-Policy', 'RateLimit'] as const) : []),
    ...(status === '429' || (status === '503' && security) ? (['Retry-After'] as const) : []),
    ...(status === '401' ? (['WWW-Authenticate'] as const) : []),
    ...(status === '202' ? (['Location'] as const) : []),
    // A problem about the update is stored under its key and repeated, as a success is.
    ...(isKeyed && (isSuccess || ['403', '404', '409', '422', '504'].includes(status))
      ? (['Idempotency-Replayed'] as const)
      : []),
  ];
}

/** Lists the headers of every response in the document. */
export function listHeaders(document: OpenAPIObject): OpenAPIObject {
  document.components = { ...document.components, headers: HEADERS };
  for (const operation of operationsOf(document)) {
    for (const [status, response] of Object.entries(operation.responses)) {
      if (!response || '$ref' in response) continue;
      const refs = headersOf(operation, status).map((name) => [
        name,
        { $ref: `#/components/headers/${name}` },
      ]);
      response.headers = { ...response.headers, ...(Object.fromEntries(refs) as typeof response.headers) };
    }
  }
  return document;
}
