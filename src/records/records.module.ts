import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { CreditsRepository } from './credits.repository.js';
import { CustomerLeasesRepository } from './customer-leases.repository.js';
import { ErasableLinesRepository } from './erasable-lines.repository.js';
import { ErasableRecordsRepository } from './erasable-records.repository.js';
import { ErasuresRepository } from './erasures.repository.js';
import { ExplanationsRepository } from './explanations.repository.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { ImportChunksRepository } from './import-chunks.repository.js';
import { ImportCsvRepository } from './import-csv.repository.js';
import { ImportRetentionRepository } from './import-retention.repository.js';
import { ImportRowsRepository } from './import-rows.repository.js';
import { ImportsRepository } from './imports.repository.js';
import { InstancesRepository } from './instances.repository.js';
import { KeyRotation } from './encryption/key-rotation.js';
import { PointsOfDayRepository } from './points-of-day.repository.js';
import { EncryptedColumnsRepository } from './encryption/encrypted-columns.repository.js';
import { StoredFigures } from './stored-figures.js';
import { SharedCallsRepository } from './shared-calls.repository.js';
import { UnwrittenRecords } from './unwritten-records.js';
import { FieldCipher } from './encryption/field-cipher.js';

/** The repositories, and the encryption of personal data in their columns. */
@Module({
  imports: [DatabaseModule],
  providers: [
    CreditsRepository,
    CustomerLeasesRepository,
    ErasableLinesRepository,
    ErasableRecordsRepository,
    ErasuresRepository,
    ExplanationsRepository,
    IdempotencyRepository,
    PointsOfDayRepository,
    SharedCallsRepository,
    StoredFigures,
    ImportChunksRepository,
    ImportCsvRepository,
    ImportRetentionRepository,
    ImportRowsRepository,
    ImportsRepository,
    InstancesRepository,
    KeyRotation,
    EncryptedColumnsRepository,
    FieldCipher,
    UnwrittenRecords,
  ],
  exports: [
    DatabaseModule,
    CreditsRepository,
    CustomerLeasesRepository,
    ErasableLinesRepository,
    ErasableRecordsRepository,
    ErasuresRepository,
    ExplanationsRepository,
    IdempotencyRepository,
    PointsOfDayRepository,
    SharedCallsRepository,
    ImportChunksRepository,
    ImportCsvRepository,
    ImportRetentionRepository,
    ImportRowsRepository,
    ImportsRepository,
    InstancesRepository,
    StoredFigures,
    UnwrittenRecords,
  ],
})
export class RecordsModule {}
