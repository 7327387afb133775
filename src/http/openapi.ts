import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { STREAMED_ENDPOINT } from './streamed-bodies.js';
import { UPLOAD_SCHEMAS } from './upload-types.js';

const DESCRIPTION = `Small, simple, validated requests in; few, safe bulk calls to Capillary's customer API out; one true
outcome for every update.

Every failure is a problem (RFC 9457); its \`type\` is the path of a [page](/problems) that explains it and says what to do.`;

const HEADERS = {
  'X-Request-Id': {
    description:
      'The id of the request in the log: the one that you sent, or a generated one. It is in every response.',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': {
    description:
      'The limits of the key or token (draft-ietf-httpapi-ratelimit-headers-10). They are in every response to an authenticated caller.',
    schema: { type: 'string', example: '"requests";q=100;w=1, "concurrent";q=50;qu="concurrent-requests"' },
  },
  RateLimit: {
    description: 'What is left of these limits, and after how many seconds they are restored.',
    schema: { type: 'string', example: '"requests";r=99;t=1, "concurrent";r=49' },
  },
} as const;

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Adds the headers of every response to the document: to successful ones, and to those above a rate limit. */
function listHeaders(document: OpenAPIObject): OpenAPIObject {
  document.components = { ...document.components, headers: HEADERS };
  const refsTo = (...names: (keyof typeof HEADERS)[]) =>
    Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
  for (const operations of Object.values(document.paths)) {
    for (const { security, responses } of Object.values(operations as Record<string, Operation>)) {
      for (const [status, response] of Object.entries(responses)) {
        if (!response || '$ref' in response || !/^(2|429)/.test(status)) continue;
        response.headers = {
          ...response.headers,
          ...(security ? refsTo('X-Request-Id', 'RateLimit-Policy', 'RateLimit') : refsTo('X-Request-Id')),
        };
      }
    }
  }
  return document;
}

/** Gives each content type of an upload its own schema, as the decorators of Nest give all the same. */
function describeUploads(document: OpenAPIObject): OpenAPIObject {
  const { requestBody } = document.paths[STREAMED_ENDPOINT]?.post ?? {};
  if (!requestBody || '$ref' in requestBody) return document;
  for (const [type, schema] of Object.entries(UPLOAD_SCHEMAS)) {
    if (type === 'application/json') requestBody.content[type] = { ...requestBody.content[type], schema };
    else requestBody.content[type] = { schema };
  }
  return document;
}

export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Meniscus')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key (`mns_…`) or a JWT.' })
    .addTag('customers', 'Profile, identifiers, cards, channels and fields of customers')
    .addTag('updates', 'Everything about a customer in one request, and why a recent update ended as it did')
    .addTag('imports', 'Many updates as one durable job')
    .addTag('stored data', 'What this service stores about a customer, and how to erase it')
    .addTag('loyalty', 'Loyalty status, and enrollment in programs')
    .addTag('hierarchy', 'Parents, children, roles and companies of customers')
    .addTag(
      'operations',
      'The state of the service, and whether the service, the vendor or a caller is at fault',
    )
    .addTag('health', 'Whether the service runs and accepts requests')
    .addTag('metrics', 'What Prometheus reads of the service')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
  return describeUploads(listHeaders(document));
}

/**
 * Adds a new Idempotency-Key to each write that Swagger UI sends without one. It is sent to the browser as text and runs
 * there. An example in the document would fill every form with the same key, and the second request would be refused.
 */
function addIdempotencyKey(request: { method: string; headers: Record<string, string> }): object {
  const isWrite = request.method !== 'GET';
  if (isWrite) request.headers['Idempotency-Key'] ??= `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  return request;
}

/** Serves the document at /openapi.json and the UI at /docs. */
export function serveSwagger(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Meniscus',
    swaggerOptions: {
      displayRequestDuration: true,
      tryItOutEnabled: false,
      requestInterceptor: addIdempotencyKey,
    },
  });
}
