import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { STREAMED_ENDPOINT } from '../streamed-bodies.js';
import { UPLOAD_CONTENT } from '../upload-types.js';
import { addExampleAnswers } from './example-answers.js';
import { listHeaders } from './list-headers.js';
import { nameSchemas } from './schema-names.js';
import { shortenSummaries } from './shorten-summaries.js';

const DESCRIPTION = `Small, simple, validated requests in; few, safe bulk calls to Capillary's customer API out; one true
outcome for every update.

Every failure is a problem (RFC 9457); its \`type\` is the path of a [page](/problems) that explains it and says what to do.

On the [page to try it](/docs), each Execute of a write fills in a new \`Idempotency-Key\` and shows it; a key that you enter
yourself is kept. The [OpenAPI document](/openapi.json) is what clients are generated from.`;

/** Gives each content type of an upload its own schema and examples, as the decorators of Nest give all the same. */
function describeUploads(document: OpenAPIObject): OpenAPIObject {
  const { requestBody } = document.paths[STREAMED_ENDPOINT]?.post ?? {};
  if (!requestBody || '$ref' in requestBody) return document;
  const { content } = requestBody;
  requestBody.content = Object.fromEntries(
    Object.entries(UPLOAD_CONTENT).map(([type, own]) => [
      type,
      type === 'application/json' ? { ...content[type], ...own } : own,
    ]),
  );
  return document;
}

/** Describes the API as the OpenAPI document that is served and committed. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Meniscus')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'The service that serves this document')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key (`mns_…`) or a JWT.' })
    .addTag('customers', 'Profile, identifiers, cards, channels and fields of customers')
    .addTag('loyalty', 'Loyalty status, and enrollment in programs')
    .addTag('hierarchy', 'Parents, children, roles and companies of customers')
    .addTag('updates', 'Everything about a customer in one request, and why a recent update ended as it did')
    .addTag('imports', 'Many updates as one durable job')
    .addTag('stored data', 'What this service stores about a customer, and how to erase it')
    .addTag(
      'operations',
      'The state of the service, and whether the service, the vendor or a caller is at fault',
    )
    .addTag('health', 'Whether the service runs and accepts requests')
    .addTag('metrics', 'What Prometheus reads of the service')
    .build();
  config.info.contact = { name: 'The operator of this service' };
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
  return nameSchemas(describeUploads(addExampleAnswers(listHeaders(shortenSummaries(document)))));
}
