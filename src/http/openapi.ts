import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

const DESCRIPTION = `Small, simple, validated requests in; few, safe bulk calls to Capillary's customer API out; one true
outcome for every update.

Every failure is a problem (RFC 9457); its \`type\` leads to a [page](/problems) that explains it and says what to do.`;

const HEADERS = {
  'X-Request-Id': {
    description: 'The id under which the request is logged: yours, or one that was made. In every answer.',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': {
    description:
      'The limits of the key or token (draft-ietf-httpapi-ratelimit-headers-10). In every answer to whoever is known.',
    schema: { type: 'string', example: '"requests";q=100;w=1, "concurrent";q=50;qu="concurrent-requests"' },
  },
  RateLimit: {
    description: 'What is left of them, and after how many seconds they are whole again.',
    schema: { type: 'string', example: '"requests";r=99;t=1, "concurrent";r=49' },
  },
} as const;

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Lists what stands in every answer, where somebody looks for it: with what was asked for, and beyond a limit. */
function listHeaders(document: OpenAPIObject): OpenAPIObject {
  document.components = { ...document.components, headers: HEADERS };
  const told = (...names: (keyof typeof HEADERS)[]) =>
    Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
  for (const operations of Object.values(document.paths)) {
    for (const { security, responses } of Object.values(operations as Record<string, Operation>)) {
      for (const [status, response] of Object.entries(responses)) {
        if (!response || '$ref' in response || !/^(2|429)/.test(status)) continue;
        response.headers = {
          ...response.headers,
          ...(security ? told('X-Request-Id', 'RateLimit-Policy', 'RateLimit') : told('X-Request-Id')),
        };
      }
    }
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
    .addTag('imports', 'Many updates as one durable job')
    .addTag('updates', 'Why a recent update ended as it did')
    .addTag('stored data', 'What this service keeps of a customer, and how it goes')
    .addTag('loyalty', 'Loyalty status, and enrolment in programmes')
    .addTag('hierarchy', 'Who reports to whom')
    .addTag('health', 'Whether the service runs and takes work')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
  return listHeaders(document);
}

/**
 * Runs in the browser, where it is sent as text: whoever presses Execute is given a new key, unless they wrote one. An
 * example in the document would stand in every form, and the second form sent would be refused for it.
 */
function giveKey(request: { method: string; headers: Record<string, string> }): object {
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
    swaggerOptions: { displayRequestDuration: true, tryItOutEnabled: false, requestInterceptor: giveKey },
  });
}
