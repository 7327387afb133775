import { Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { HealthRegistry } from '../observability/health-registry.js';
import { CreditsRepository } from './credits.repository.js';
import { CustomerLeasesRepository } from './customer-leases.repository.js';
import { Database } from './database.js';
import { ErasableLinesRepository } from './erasable-lines.repository.js';
import { ErasableRecordsRepository } from './erasable-records.repository.js';
import { ErasuresRepository } from './erasures.repository.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { ImportRestRepository } from './import-rest.repository.js';
import { ImportRowsRepository } from './import-rows.repository.js';
import { ImportWorkRepository } from './import-work.repository.js';
import { ImportsRepository } from './imports.repository.js';
import { JobQueue } from './job-queue.js';
import { type Storage, openStorage } from './open-storage.js';
import { KeyRotation } from './key-rotation.js';
import { PointsOfDayRepository } from './points-of-day.repository.js';
import { SealedRowsRepository } from './sealed-rows.repository.js';
import { SharedCallsRepository } from './shared-calls.repository.js';
import { Vault } from './vault.js';

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
    CreditsRepository,
    CustomerLeasesRepository,
    ErasableLinesRepository,
    ErasableRecordsRepository,
    ErasuresRepository,
    IdempotencyRepository,
    PointsOfDayRepository,
    SharedCallsRepository,
    ImportRestRepository,
    ImportRowsRepository,
    ImportWorkRepository,
    ImportsRepository,
    KeyRotation,
    SealedRowsRepository,
    StorageLifecycle,
    Vault,
  ],
  exports: [
    JobQueue,
    CreditsRepository,
    CustomerLeasesRepository,
    ErasableLinesRepository,
    ErasableRecordsRepository,
    ErasuresRepository,
    IdempotencyRepository,
    PointsOfDayRepository,
    SharedCallsRepository,
    ImportRestRepository,
    ImportRowsRepository,
    ImportWorkRepository,
    ImportsRepository,
  ],
})
export class StorageModule {}
