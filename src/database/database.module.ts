import { Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { HealthRegistry } from '../observability/health-registry.js';
import { Database } from './database.js';
import { JobQueue } from './job-queue.js';
import { type Storage, openStorage } from './prepare-database.js';

const STORAGE = Symbol('storage');

/** Closes the storage when everything that uses it has ended: requests, delivery and workers. */
@Injectable()
export class StorageLifecycle implements OnApplicationShutdown {
  constructor(
    @Inject(STORAGE) private readonly storage: Storage,
    health: HealthRegistry,
  ) {
    health.register('database', () => storage.database.whyUnavailable());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.storage.close();
  }
}

/** The database, open and up to date before anything else runs, and the queue in it. */
@Module({
  providers: [
    {
      provide: STORAGE,
      inject: [Settings, EventLog],
      useFactory: (settings: Settings, log: EventLog) => openStorage(settings, log),
    },
    { provide: Database, inject: [STORAGE], useFactory: ({ database }: Storage) => database },
    { provide: JobQueue, inject: [STORAGE], useFactory: ({ queue }: Storage) => queue },
    StorageLifecycle,
  ],
  exports: [Database, JobQueue],
})
export class DatabaseModule {}
