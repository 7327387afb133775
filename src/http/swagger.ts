import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

const DESCRIPTION = `Small, simple, validated requests in; few, safe bulk calls to Capillary's customer API out; one true
outcome for every update.

Every failure is a problem (RFC 9457); its \`type\` leads to a [page](/problems) that explains it and says what to do.`;

export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Meniscus')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key (`mns_…`) or a JWT.' })
    .addTag('customers', 'Profile, identifiers, cards, channels and fields of customers')
    .addTag('stored data', 'What this service keeps of a customer, and how it goes')
    .addTag('loyalty', 'Loyalty status, and enrolment in programmes')
    .addTag('hierarchy', 'Who reports to whom')
    .addTag('health', 'Whether the service runs and takes work')
    .build();
  return SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
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
