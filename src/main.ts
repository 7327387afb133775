import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { explainListenError } from './config/listen-error.js';
import { Settings } from './config/settings.js';
import { shedLoadOfRoutes } from './http/load-shedding.js';
import { createHttpAdapter, prepareHttpServer } from './http/server.js';
import { serveSwagger } from './http/openapi.js';
import { AppLogger } from './observability/app-logger.js';
import { EventLog } from './observability/event-log.js';
import { auditWrites } from './security/audit-writes.js';
import { guardEndpoints } from './security/guard-endpoints.js';
import { StartupError } from './config/startup-error.js';

let app: NestFastifyApplication | undefined;
try {
  app = await NestFactory.create<NestFastifyApplication>(AppModule, createHttpAdapter(), {
    abortOnError: false,
    bodyParser: false,
    // Until the settings are known; a fault before that ends the process with its trace.
    logger: false,
  });
  app.useLogger(app.get(AppLogger));
  prepareHttpServer(app);
  guardEndpoints(app);
  shedLoadOfRoutes(app);
  auditWrites(app);
  serveSwagger(app);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  const { HOST, PORT } = app.get(Settings);
  await app.listen(PORT, HOST);
  app.get(EventLog).write('info', 'service.listening', { url: await app.getUrl() });
} catch (fault) {
  const error = explainListenError(fault);
  if (!(error instanceof StartupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
  // The database may be open by now; the end is as on a signal.
  await app?.close();
  process.exit();
}
