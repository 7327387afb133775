import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { describeApi } from './describe-api.js';
import { fillIdempotencyKeys, keepKeyInTab } from './swagger-plugins.js';

/** Swagger UI follows the color scheme of the browser; the page around it has one color in every scheme. */
const STYLE = `
body { background: light-dark(#fafafa, #1c2022); color-scheme: light dark; }
.swagger-ui .topbar .link { visibility: hidden; }
`;

/** Serves the document at /openapi.json and the UI at /docs. */
export function serveSwagger(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Meniscus',
    customCss: STYLE,
    swaggerOptions: {
      displayRequestDuration: true,
      tryItOutEnabled: false,
      filter: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
      plugins: [keepKeyInTab, fillIdempotencyKeys],
    },
  });
}
