import { Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { HealthRegistry } from '../observability/health-registry.js';
import { Database } from './database.js';
import { JobQueue } from './job-queue.js';
import { type PreparedDatabase, prepareDatabase } from './prepare-database.js';

const PREPARED_DATABASE = Symbol('prepared database');

/** Closes the database after everything that uses it has ended: requests, delivery and workers. */
@Injectable()
export class DatabaseLifecycle implements OnApplicationShutdown {
  constructor(
    @Inject(PREPARED_DATABASE) private readonly prepared: PreparedDatabase,
    health: HealthRegistry,
  ) {
    health.register('database', () => prepared.database.whyUnavailable());
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
