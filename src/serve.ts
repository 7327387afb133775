import { setTimeout as sleep } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { explainListenError } from './config/listen-error.js';
import { Settings } from './config/settings.js';
import { explainDatabaseError } from './database/postgres/refusals.js';
import { shedLoadOfRoutes } from './http/load-shedding.js';
import { createHttpAdapter, prepareHttpServer } from './http/server.js';
import { serveSwagger } from './http/openapi/swagger-ui.js';
import { AppLogger } from './observability/app-logger.js';
import { EventLog } from './observability/event-log.js';
import { HealthRegistry } from './observability/health-registry.js';
import { auditWrites } from './security/audit-writes.js';
import { guardEndpoints } from './security/guard-endpoints.js';
import { StartupError } from './config/startup-error.js';

/**
 * Starts the service, and ends the process with one sentence if it cannot start.
 *
 * @param drainBeforeStop is called with what a stop has to wait for, once there is any
 */
export async function serve(drainBeforeStop: (drain: () => Promise<void>) => void): Promise<void> {
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
    const { HOST, PORT } = app.get(Settings);
    const service = app;
    const listening = service.listen(PORT, HOST);
    // From now on there is background work.
    drainBeforeStop(() => listening.then(() => drain(service)));
    await listening;
    app.get(EventLog).write('info', 'service.listening', { url: await app.getUrl() });
  } catch (fault) {
    const error = explainListenError(explainDatabaseError(fault));
    if (!(error instanceof StartupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    // The database may be open by now; the end is as on a signal.
    await app?.close();
    process.exit();
  }
}

/** Lets load balancers find out that the service is not ready, and then ends what is in progress. */
async function drain(app: NestFastifyApplication): Promise<void> {
  const { SHUTDOWN_DELAY_MS: waitMs } = app.get(Settings);
  app.get(HealthRegistry).announceShutdown();
  app.get(EventLog).write('info', 'shutdown.announced', { waitMs });
  await sleep(waitMs);
  await app.close();
}
