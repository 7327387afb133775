var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { CreditsRepository } from './credits.repository.js';
import { CustomerLeasesRepository } from './customer-leases.repository.js';
import { ErasableLinesRepository } from './erasable-lines.repository.js';
import { ErasableRecordsRepository } from './erasable-records.repository.js';
import { ErasuresRepository } from './erasures.repository.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { ImportChunksRepository } from './import-chunks.repository.js';
import { ImportRetentionRepository } from './import-retention.repository.js';
import { ImportRowsRepository } from './import-rows.repository.js';
import { ImportsRepository } from './imports.repository.js';
import { KeyRotation } from './encryption/key-rotation.js';
import { PointsOfDayRepository } from './points-of-day.repository.js';
import { EncryptedColumnsRepository } from './encryption/encrypted-columns.repository.js';
import { SharedCallsRepository } from './shared-calls.repository.js';
import { FieldCipher } from './encryption/field-cipher.js';
/** The repositories, and the encryption of personal data in their columns. */
let RecordsModule = class RecordsModule {
};
RecordsModule = __decorate([
    Module({
        imports: [DatabaseModule],
        providers: [
            CreditsRepository,
            CustomerLeasesRepository,
            ErasableLinesRepository,
            ErasableRecordsRepository,
            ErasuresRepository,
            IdempotencyRepository,
            PointsOfDayRepository,
            SharedCallsRepository,
            ImportChunksRepository,
            ImportRetentionRepository,
            ImportRowsRepository,
            ImportsRepository,
            KeyRotation,
            EncryptedColumnsRepository,
            FieldCipher,
        ],
        exports: [
            DatabaseModule,
            CreditsRepository,
            CustomerLeasesRepository,
            ErasableLinesRepository,
            ErasableRecordsRepository,
            ErasuresRepository,
            IdempotencyRepository,
            PointsOfDayRepository,
            SharedCallsRepository,
            ImportChunksRepository,
            ImportRetentionRepository,
            ImportRowsRepository,
            ImportsRepository,
        ],
    })
], RecordsModule);
export { RecordsModule };
//# sourceMappingURL=records.module.js.map