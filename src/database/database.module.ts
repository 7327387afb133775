import { Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { HealthRegistry } from '../observability/health-registry.js';
import { Metrics } from '../observability/metrics/metrics.js';
import { Database } from './database.js';
import { DatabaseUnavailable } from './database-errors.js';
import { JobQueue } from './job-queue.js';
import { type PreparedDatabase, prepareDatabase } from './prepare-database.js';

const PREPARED_DATABASE = Symbol('prepared database');

/** Closes the database after everything that uses it has ended: requests, delivery and workers. */
@Injectable()
export class DatabaseLifecycle implements OnApplicationShutdown {
  constructor(
    @Inject(PREPARED_DATABASE) private readonly prepared: PreparedDatabase,
    health: HealthRegistry,
    metrics: Metrics,
  ) {
    health.register(
      'database',
      () => prepared.database.whyUnavailable(),
      'start or repair it, or free its disk; the service goes on by itself',
    );
    prepared.database.onStatement((durationMs, failure) => {
      metrics.observe('meniscus_database_statement_duration_seconds', {}, durationMs / 1000);
      if (failure === undefined) return;
      const error = failure instanceof DatabaseUnavailable ? 'unavailable' : 'failed';
      metrics.count('meniscus_database_errors_total', { error });
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.prepared.close();
  }
}

/** Opens and migrates the database before anything else runs, and starts the job queue in it. */
@Module({
  providers: [
    {
      provide: PREPARED_DATABASE,
      inject: [Settings, EventLog],
      useFactory: (settings: Settings, log: EventLog) => prepareDatabase(settings, log),
    },
    {
      provide: Database,
      inject: [PREPARED_DATABASE],
      useFactory: ({ database }: PreparedDatabase) => database,
    },
    { provide: JobQueue, inject: [PREPARED_DATABASE], useFactory: ({ queue }: PreparedDatabase) => queue },
    DatabaseLifecycle,
  ],
  exports: [Database, JobQueue],
})
export class DatabaseModule {}
